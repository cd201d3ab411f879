"""What a check found: the problems as sentences, the kinks it stepped around, and what it looked at."""

from dataclasses import dataclass, field

__all__ = ["Report"]


@dataclass
class Report:
    """The result of a check; ``problems`` is empty if everything held.

    Attributes:
        subject:  what was checked, as errors name it
        problems: one sentence for each thing that is wrong: what was compared, where, expected and received
        kinks:    where one-sided differences disagree, so that there is no derivative to compare with
        checked:  names of the checks that ran
        brief:    whether checking ends with the first problem

    Example:
        >>> from chainrule.testing import check_layer
        >>> print(check_layer(Tanh(), (3, 2)))          # doctest: +ELLIPSIS
        Tanh() passes ... checks
    """

    subject: str
    problems: list[str] = field(default_factory=list)
    kinks: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    brief: bool = False

    def complete(self) -> bool:
        """Whether no more is to be said: there is a problem, and one is enough."""
        return self.brief and bool(self.problems)

    @property
    def passed(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    def __str__(self) -> str:
        verdict = f"passes {len(self.checked)} checks" if self.passed else f"has problems ({len(self.problems)})"
        return "\n".join([f"{self.subject} {verdict}", *(f"  - {problem}" for problem in self.problems),
                          *(f"  kink: {kink}" for kink in self.kinks)])
