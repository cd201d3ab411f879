"""Outputs whose slopes are right, and whose values are not: what is added is missing, another, or elsewhere."""

import numpy as np

from ....layers.core import Array, flatten
from ...trial import is_float
from ..case import Case, Part, is_output
from .arrangement import axes_exchanged, flipped, permuted, shifted
from .found import Found, PartTest
from .scales import constant_ratio

__all__ = ["OFFSET_TESTS"]


def offset(case: Case, part: Part) -> Found | None:
    """An output moves with its inputs as it should, or just the other way, and is wrong all the same."""
    pair = case.jacobian(part.name) if is_output(part.name) else None
    if pair is None or not pair[0].any():
        return None
    if case.agree(*pair):
        return _of_constants(case, part, _constants(case, part, pair[0]))
    if case.agree(pair[0], -pair[1]):
        return Found("sign", "sign", f"{part.name} moves with its inputs just the other way: a sign is wrong.")
    return None


def _of_constants(case: Case, part: Part, constants: Part | None) -> Found:
    """Say what is wrong with what is added: it is missing, moved, or another."""
    if constants is None or not constants.received.any():
        return Found("term forgotten", "path", f"{part.name} moves with its inputs as it should, and is off by what "
                     f"does not hang on them: a constant term, such as a bias, is missing or too many.")
    found = next((found for test in _ARRANGED if (found := test(case, constants))), None)
    if found is None:
        return Found("another function", "formula", f"{part.name} moves with its inputs as it should; what is added to "
                     f"them is another constant than it should be.")
    return found._replace(sentence=f"What {part.name} adds to a linear map of its input is wrong: {found.sentence}")


def _constants(case: Case, part: Part, slopes: Array) -> Part | None:
    """Return what an affine map adds to the linear one, as it should be and as it is; None of other functions."""
    elsewhere = case.expected.get(f"later/{part.name} of the first round")
    if case.question is None or elsewhere is None:
        return None
    here, there = (np.concatenate([np.zeros(0), *(leaf.ravel() for leaf in flatten(x) if is_float(leaf))])
                   for x in (case.question.x, case.question.other_x))
    if len(here) != len(slopes):
        return None
    linear = (here @ slopes).reshape(part.expected.shape)
    mine = np.round(part.expected - linear, 6)      # slopes are differences
    if not case.agree(elsewhere, (there @ slopes).reshape(part.expected.shape) + mine, 1e-5) or not mine.any():
        return None
    return Part(part.name, mine, np.round(part.received - linear, 6))


_ARRANGED: tuple[PartTest, ...] = (constant_ratio, axes_exchanged, flipped, shifted, permuted)
OFFSET_TESTS: tuple[PartTest, ...] = (offset,)
