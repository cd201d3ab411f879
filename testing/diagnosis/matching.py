"""Comparing what came with what known mistakes give: the same arrays, the same name."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from ...layers.core import Array
from .answers import Answers
from .case import Case, Part
from .kinds.found import Found
from .kinds.scales import counts

__all__ = ["Known", "composed", "matches", "of_terms", "part_matches"]


class Known(NamedTuple):
    """A named mistake, and what a layer that makes it answers to a question: arrays, no code.

    Attributes:
        name:        as in the dictionary, ``Linear.backward: weight gradient transposed``
        family:      one of its families
        explanation: a sentence on what is wrong
        answers:     what came of it
    """

    name: str
    family: str
    explanation: str
    answers: Answers


def matches(case: Case, known: Iterable[Known]) -> list[Known]:
    """Return the mistakes that answer just as what came does, in every way of calling."""
    return [entry for entry in known if _same(case, entry.answers, case.received.keys() | entry.answers.keys())]


def part_matches(case: Case, part: Part, known: Iterable[Known]) -> list[Known]:
    """Return the mistakes that explain one wrong array, in all steps of an optimiser, whatever else is wrong."""
    keys = [f"once/{part.name}", f"ones/{part.name}",
            *(key for key in case.received if key.startswith("step ") and key.endswith(f"/{part.name}"))]
    return [entry for entry in known if _same(case, entry.answers, keys) and not _right(case, entry.answers, part)]


def composed(case: Case, part: Part, known: Iterable[Known]) -> tuple[tuple[Known, float], ...]:
    """Return mistakes whose errors, each times a number, add up to the error of one array.

    One of them with a factor other than one: the same term is wrong in another way. Two with the factor one: both
    mistakes at once.
    """
    key = f"once/{part.name}"
    if part.expected.dtype.kind != "f" or part.expected.shape != part.received.shape or part.expected.size < 4:
        return ()
    apart = (part.received - part.expected).ravel()
    errors = [(entry, (entry.answers[key] - part.expected).ravel()) for entry in known
              if key in entry.answers and entry.answers[key].shape == part.expected.shape
              and not case.agree(part.expected, entry.answers[key])]
    for entry, error in errors:
        factor = _factor(error, apart, case.tolerance)
        if factor is not None:
            return ((entry, factor),)
    for (one, first), (other, second) in combinations(errors, 2):
        if np.abs(apart - first - second).max() <= 10 * case.tolerance * np.abs(apart).max() \
                and _factor(first, second, 1e-3) is None:
            return ((one, 1.0), (other, 1.0))
    return ()


def _factor(error: Array, apart: Array, tolerance: float) -> float | None:
    factor = float(np.vdot(error, apart) / np.vdot(error, error))
    return factor if np.abs(apart - factor * error).max() <= 10 * tolerance * np.abs(apart).max() else None


def _same(case: Case, answers: Answers, keys: Iterable[str]) -> bool:
    return all(_agree(case, key, answers.get(key), case.received.get(key)) for key in sorted(keys))


def _right(case: Case, answers: Answers, part: Part) -> bool:
    return all(_agree(case, f"{way}/{part.name}", answers.get(f"{way}/{part.name}"),
                      case.expected.get(f"{way}/{part.name}")) for way in ("once", "ones"))


def _agree(case: Case, key: str, mine: Array | None, theirs: Array | None) -> bool:
    if key.endswith("/error"):
        return _kinds(mine) == _kinds(theirs)
    if mine is None or theirs is None:
        return mine is theirs
    if mine.dtype != theirs.dtype or mine.shape != theirs.shape:
        return False
    return case.agree(mine, theirs, 1e-3 if key.startswith("single/") else None)


def _kinds(error: Array | None) -> Iterator[str] | str | None:
    return None if error is None else str(error).partition(":")[0]


def of_terms(case: Case, part: Part, terms: tuple[tuple[Known, float], ...]) -> Found:
    """Say what is wrong with a term that known mistakes get wrong in another way, or which mistakes come together."""
    (entry, factor), *more = terms
    first = _mistake(entry)
    if more:
        return Found("two mistakes", entry.family, f"Two mistakes at once: {first}; and {_mistake(more[0][0])}.")
    if abs(factor - 2) < 1e-4 and entry.family in ("path", "factor", "formula"):
        return Found("sign of a term", "sign", f"The term that is missing in the known mistake '{first}' is there "
                     f"with the wrong sign.")
    if abs(factor - 0.5) < 1e-4 and entry.family == "sign":
        return Found("term forgotten", "path", f"The term that has the wrong sign in the known mistake '{first}' is "
                     f"missing.")
    for name, count in counts(case, part):
        if abs(abs(1 - factor) - count) < 1e-4 or abs(abs(1 - factor) * count - 1) < 1e-4:
            return Found("mean for sum", "mean", f"The term of the known mistake '{first}' is wrong by the factor "
                         f"{count}, which is {name}: a mean and a sum are mixed up.")
    return Found("factor of a term", "factor" if entry.family == "path" else entry.family, f"What is wrong is the "
                 f"term of the known mistake '{first}', {factor:.4g} times as much.")


def _mistake(entry: Known) -> str:
    return entry.name.partition(": ")[2]
