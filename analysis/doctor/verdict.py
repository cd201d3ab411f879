"""What a check of the doctor says."""

from typing import Literal, NamedTuple

__all__ = ["Grade", "Verdict"]

Grade = Literal["good", "odd", "bad", "skipped"]


class Verdict(NamedTuple):
    """One line: ``good``, ``odd`` (look at it), ``bad`` (it will not learn so) or ``skipped``; why, and what to do.

    Example:
        >>> print(Verdict("dead ReLUs", "odd", "12 % of the units never answer", "lower the learning rate"))
        odd      dead ReLUs           12 % of the units never answer; lower the learning rate
    """

    check: str
    grade: Grade
    finding: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.grade:8} {self.check:20} {'; '.join(part for part in (self.finding, self.fix) if part)}"
