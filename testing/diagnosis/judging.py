"""From answers to a diagnosis: a pure function of arrays, in whatever process they were computed."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..compare import mismatch
from .answers import WHEN, Answers
from .case import Case, Part, is_output
from .diagnosis import Diagnosis, Fault
from .kinds import Found, argument_changed, guess, recognise, recognise_calls
from .matching import Known, composed, matches, of_terms, part_matches
from .question import Question

__all__ = ["judge"]

MOST = 3        # faults that are told at a time
KINDS_PAGE = "docs/diagnosis.md"


def judge(subject: str, expected: Answers, received: Answers, question: Question | None = None,
          known: Sequence[Known] = (), *, equation: Callable[[str], str] = lambda name: "", page: str = KINDS_PAGE,
          tolerance: float = 1e-6, when: Mapping[str, str] = WHEN) -> Diagnosis:
    """Compare answers with the right ones and say what is wrong.

    Nothing is called here, so a grader can run it on arrays from another process, and a handout on arrays that came
    with it.

    Args:
        subject:   what was asked, as errors name it
        expected:  the answers of a right one
        received:  the answers to be judged
        question:  what was asked; without it fewer kinds of mistakes can be told
        known:     named mistakes with their answers to the same question
        equation:  returns the formula of an array by its name
        page:      where the docs speak of the subject
        tolerance: what values may be off by, relative to the largest of each array
        when:      the ways of calling in words
    """
    case = Case(expected, received, question, tolerance)
    if not case.wrong:
        return Diagnosis(subject, len(expected))
    return Diagnosis(subject, len(expected), tuple(_Judge(case, known, equation, page, when).faults()))


class _Judge:
    """A case and what is needed to speak of it."""

    def __init__(self, case: Case, known: Sequence[Known], equation: Callable[[str], str], page: str,
                 when: Mapping[str, str]) -> None:
        self.case, self.known, self.equation, self.page, self.when = case, known, equation, page, when

    def faults(self) -> list[Fault]:
        """Return what is wrong: a named mistake that explains all, or one fault for each wrong array."""
        case = self.case
        if "once/error" in case.received:
            shape = next((part for part in case.parts if is_output(part.name)
                          and part.expected.shape != part.received.shape), None)    # backward trips over it
            return [self._of_part(shape) if shape else self._raised("once/error")]
        same = matches(case, self.known)
        if same:
            key = f"once/{case.parts[0].name}" if case.parts else case.wrong[0]
            return [self._named(key, same)]
        if case.parts:
            return [*self._changed(), *map(self._of_part, case.parts)][:MOST]
        found = recognise_calls(case)
        key = next((key for key in case.wrong if not key.endswith("/error")), case.wrong[0])
        if found is None:
            error = next((key for key in case.wrong if key.endswith("/error") and key in case.received), None)
            if error is not None:
                return [self._raised(error)]
            found = Found("differs", "formula", "It differs from the right one, in a way that has no name here.")
        return [self._found(key, found)]

    def _changed(self) -> list[Fault]:
        """Return the argument that is changed in place, if one is: other numbers may be wrong because of it."""
        key = next((key for key in self.case.wrong if key.startswith("once/") and key.endswith((
            " after forward", " after backward")) and key in self.case.received), None)
        found = None if key is None else argument_changed(self.case)
        return [self._found(key, found)] if key is not None and found and found.kind == "changed in place" else []

    def _of_part(self, part: Part) -> Fault:
        key = f"once/{part.name}"
        same = part_matches(self.case, part, self.known)
        if same:
            return self._named(key, same)
        found = recognise(self.case, part)
        if found is None:
            terms = composed(self.case, part, self.known)
            found = of_terms(self.case, part, terms) if terms else guess(self.case, part)
        return self._found(key, found or Found("differs", "formula", "It differs from the right one, in a way that "
                                               "has no name here."))

    def _named(self, key: str, same: Sequence[Known]) -> Fault:
        name, place, numbers = self._where(key)
        sentence = " Or: ".join(entry.explanation for entry in same)
        return Fault(name, place, numbers, "named mistake", same[0].family, sentence,
                     tuple(entry.name for entry in same), self.equation(name), self.page)

    def _found(self, key: str, found: Found) -> Fault:
        name, place, numbers = self._where(key)
        anchor = found.kind.lower().replace(" ", "-").replace("/", "")
        return Fault(name, place, numbers, found.kind, found.family, found.sentence, (),
                     self.equation(name) or found.equation, f"{KINDS_PAGE}#{anchor}")

    def _raised(self, key: str) -> Fault:
        way, text = key.partition("/")[0], str(self.case.received[key])
        kind = "not written" if text.startswith("NotImplementedError") else "raises"
        where = f"was raised {self.when.get(key) or self.when.get(way, way)}"
        return Fault(text.partition(":")[0], where, text, kind, "formula",
                     "There is no implementation yet." if kind == "not written" else
                     "An exception ends the call before there is a result.",
                     (), "", self.page)

    def _where(self, key: str) -> tuple[str, str, str]:
        """Return name, place and numbers of the first difference."""
        way, _, name = key.partition("/")
        when = self.when.get(way, way)
        if name == "error":
            raised = self.case.received.get(key)
            return way, when, "no error where one is due" if raised is None else str(raised)
        mine, theirs = self.case.expected.get(key), self.case.received.get(key)
        if mine is None or theirs is None:
            return name, when, f"expected {_shown(mine)}, received {_shown(theirs)}"
        if mine.dtype != theirs.dtype and mine.shape == theirs.shape:
            return name, when, f"expected {mine.dtype}, received {theirs.dtype}"
        sentence = mismatch("", mine, theirs, 1e-3 if way == "single" else self.case.tolerance) or ""
        at = re.search(r"first at (index \[[^]]*\])", sentence)
        numbers = re.sub(r", first at index \[[^]]*\]", "", sentence).removeprefix(": ")
        return name, f"{when}{', first at ' + at[1] if at else ''}", numbers


def _shown(array: np.ndarray | None) -> str:
    return "None" if array is None else f"an array of shape {array.shape}"
