"""What a diagnosis says: what was compared, where it first parts, which mistake it is, and where to read on."""

from dataclasses import dataclass, replace

from ...layers.core import check_choice

__all__ = ["DETAILS", "Diagnosis", "Fault"]

DETAILS = ("verdict", "place", "kind", "full")
"""How much is told: right or wrong; what and where; the general kind with numbers; named mistake, equation, page."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        name:     what was compared, such as ``grad_x`` or ``weight.grad``
        place:    under which call it is wrong and at which index first
        numbers:  what was expected there and what came
        kind:     the general kind of mistake
        family:   what that kind belongs to, one of FAMILIES
        sentence: the mistake in words
        entries:  the named mistakes of the dictionary that give just these numbers; several where they can not be told
                  apart
        equation: what holds for a right one
        page:     where the docs speak of it
    """

    name: str
    place: str
    numbers: str
    kind: str
    family: str
    sentence: str
    entries: tuple[str, ...] = ()
    equation: str = ""
    page: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """The result of ``diagnose``: no faults, or those that matter, what comes first in the computation first.

    Attributes:
        subject:  what was asked, as errors name it
        compared: how many answers were compared
        faults:   what is wrong; empty where all is right
    """

    subject: str
    compared: int
    faults: tuple[Fault, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def families(self) -> tuple[str, ...]:
        """The families of mistakes, one for each fault."""
        return tuple(fault.family for fault in self.faults)

    def limited(self, detail: str) -> "Diagnosis":
        """Return the diagnosis with what goes beyond ``detail`` taken out, as for an exam: one of ``DETAILS``."""
        check_choice(detail, DETAILS, name="detail", owner="Diagnosis")
        level = DETAILS.index(detail)
        hidden: list[dict[str, object]] = [
            {"name": "", "place": ""}, {"numbers": "", "kind": "", "family": "", "sentence": ""},
            {"entries": (), "equation": "", "page": ""}]
        faults = tuple(self._less(fault, {name: value for part in hidden[level:] for name, value in part.items()})
                       for fault in self.faults[:1 if detail == "verdict" else None])
        return Diagnosis(self.subject, self.compared, faults)

    @staticmethod
    def _less(fault: Fault, hidden: dict[str, object]) -> Fault:
        return replace(fault, **hidden)     # type: ignore[arg-type]   # names and values come from the table above

    def __str__(self) -> str:
        if self.passed:
            return f"{self.subject}: right in all {self.compared} comparisons"
        lines = [f"{self.subject}: something is wrong"]
        for fault in self.faults:
            lines += [f"  {text}" for text in (f"{fault.name} {fault.place}".strip(), fault.numbers) if text]
            lines += [f"    {text}" for text in (
                fault.sentence, f"holds: {fault.equation}" if fault.equation else "",
                f"known as: {'; or '.join(fault.entries)}" if fault.entries else "",
                f"read: {fault.page}" if fault.page else "") if text]
        return "\n".join(lines)
