"""Wrong only where the mask should be: values that pass and should not, or are stopped and should pass."""

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["MASK_TESTS"]


def mask_missing(case: Case, part: Part) -> Found | None:
    """Wrong exactly where zero belongs."""
    wrong = _wrong(case, part)
    stopped = part.expected == 0
    if wrong is None or not stopped.any() or (wrong & ~stopped).any():
        return None
    return Found("wrong where the mask should be", "mask", f"{part.name} is right except at the {int(wrong.sum())} "
                 f"places where it should be zero. A mask is missing or too wide: what had no part in the output gets "
                 f"no gradient." if not is_output(part.name) else
                 f"{part.name} is right except where it should be zero: a mask is missing or too wide.")


def too_much_stopped(case: Case, part: Part) -> Found | None:
    """Zero where there should be something, and right elsewhere."""
    wrong = _wrong(case, part)
    stopped = part.received == 0
    if wrong is None or (wrong & ~stopped).any():
        return None
    axis = _slab(wrong)
    if axis == 0 and part.expected.ndim > 1 and not part.name.endswith(".grad"):
        return Found("left out", "batch", f"{part.name} is zero for some entries of the batch and right for the "
                     f"others: a loop ends too early, or a slice is too short.")
    if axis is not None or (part.name.endswith(".grad") and part.expected.ndim == 1):
        axis = axis or 0
        return Found("left out", "path", f"{part.name} is zero at some places along axis {axis} and right at the "
                     f"others: a part of the work is left out, by a loop that ends too early or a path that is "
                     f"forgotten.")
    return Found("wrong where the mask should be", "mask", f"{part.name} is zero at {int(wrong.sum())} places where it "
                 f"should not be, and right elsewhere: the mask stops too much, or comes from the wrong array.")


def mask_turned_round(case: Case, part: Part) -> Found | None:
    """Zero and not zero are exchanged."""
    stopped, passed = part.expected == 0, part.received != 0
    if part.expected.shape != part.received.shape or not stopped.any() or not passed.any() or part.expected.size < 3:
        return None
    if not (stopped ^ passed).any():
        return Found("mask turned round", "mask", f"{part.name} has values where zero belongs and zeros where values "
                     f"belong: the mask is turned round.")
    return None


def another_mask(case: Case, part: Part) -> Found | None:
    """Many zeros, at other places; or one factor where masked and none elsewhere."""
    if part.expected.shape != part.received.shape or part.expected.dtype.kind != "f":
        return None
    mine, theirs = part.expected == 0, part.received == 0
    both = ~mine & ~theirs
    if mine.any() and theirs.any() and (mine != theirs).any() and both.any() \
            and case.agree(part.expected[both], part.received[both]):
        return Found("another mask", "mask", f"{part.name} is right where it passes, but it is stopped at other "
                     f"places than forward stopped: keep the mask of forward in the cache.")
    return None


def two_factors(case: Case, part: Part) -> Found | None:
    """Right at some places, and wrong by one factor at all others."""
    wrong = _wrong(case, part)
    if wrong is None or wrong.all() or wrong.sum() < 3 or (part.expected[wrong] == 0).any() or _slab(wrong) is not None:
        return None
    ratio = part.received[wrong] / part.expected[wrong]
    if np.ptp(ratio) > 1e-5 * abs(ratio[0]):
        return None
    if ratio[0] == -1:
        return Found("sign at some places", "sign", f"{part.name} has the wrong sign at {int(wrong.sum())} of "
                     f"{wrong.size} places and is right at the others.")
    return Found("wrong where the mask should be", "mask", f"{part.name} is right at some places and {ratio[0]:.4g} "
                 f"times what it should be at all others: the factor belongs to one side of a mask.")


def _wrong(case: Case, part: Part) -> Array | None:
    """Return where two arrays of one shape differ, if it is not everywhere."""
    if part.expected.shape != part.received.shape or part.expected.dtype.kind != "f" or part.expected.ndim == 0:
        return None
    apart = np.abs(part.received - part.expected) > case.tolerance * np.abs(part.expected).max(initial=1e-3)
    return apart if apart.any() else None


def _slab(wrong: Array) -> int | None:
    """Return the axis along which whole slices are wrong and whole slices are right."""
    for axis in range(wrong.ndim):
        slices = np.moveaxis(wrong, axis, 0).reshape(wrong.shape[axis], -1)
        if slices.shape[1] > 1 and not slices.all() and (slices.all(axis=1) | ~slices.any(axis=1)).all():
            return axis
    return None


MASK_TESTS: tuple[PartTest, ...] = (mask_missing, mask_turned_round, too_much_stopped, another_mask, two_factors)
