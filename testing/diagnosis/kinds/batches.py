"""Entries of the batch mixed or left out, sums over the wrong axis, values broadcast where they differ."""

import numpy as np

from ..case import Case, Part
from .found import Found, PartTest

__all__ = ["BATCH_TESTS", "MIXING_TESTS"]


def first_entry_alone(case: Case, part: Part) -> Found | None:
    """Only the first entry of the batch has got into a sum."""
    alone, _ = case.pair("first", part.name)
    if alone is not None and part.name.endswith(".grad") and alone.any() and case.agree(alone, part.received):
        return Found("batch entries left out", "batch", f"{part.name} is what the first entry of the batch alone "
                     f"gives: sum over all entries.", f"{part.name} = sum over the batch")
    return None


def entries_mixed(case: Case, part: Part) -> Found | None:
    """An upstream gradient of the first entry alone reaches other entries."""
    mine, theirs = case.pair("first", part.name)
    if mine is None or theirs is None or mine.shape != theirs.shape or mine.ndim < 2 or len(mine) < 2 \
            or not part.name.startswith("grad_x"):
        return None
    if not mine[1:].any() and (np.abs(theirs[1:]) > case.tolerance * np.abs(part.expected).max()).any():
        return Found("batch entries mixed", "batch", f"With an upstream gradient for the first entry of the batch "
                     f"alone, {part.name} of other entries is not zero: the entries of a batch are computed apart, "
                     f"and here they mix.", "entry n of grad_x depends on entry n of grad_out alone")
    return None


def broadcast(case: Case, part: Part) -> Found | None:
    """The same value all along an axis where the right ones differ."""
    mine, theirs = part.expected, part.received
    if mine.shape != theirs.shape or mine.dtype.kind != "f":
        return None
    for axis, size in enumerate(mine.shape):
        flat = np.ptp(theirs, axis=axis).max(initial=0) <= case.tolerance * np.abs(theirs).max(initial=0)
        if size < 2 or not flat or not theirs.any() or np.ptp(mine, axis=axis).max() <= case.tolerance:
            continue
        one = theirs.take([0], axis)
        if case.agree(mine.mean(axis=axis, keepdims=True), one):
            return Found("broadcast axis", "mean", f"{part.name} is the same all along axis {axis}: the mean of what "
                         f"it should be there. A mean with keepdims was broadcast back.")
        if case.agree(mine.sum(axis=axis, keepdims=True), one):
            return Found("broadcast axis", "order", f"{part.name} is the same all along axis {axis}: the sum of what "
                         f"it should be there. A sum over the wrong axis was broadcast back.")
        if any(case.agree(mine.take([index], axis), one) for index in range(size)):
            return Found("broadcast axis", "batch", f"{part.name} is the same all along axis {axis}: every place has "
                         f"the value of one of them.")
    return None


BATCH_TESTS: tuple[PartTest, ...] = (first_entry_alone, broadcast)
MIXING_TESTS: tuple[PartTest, ...] = (entries_mixed,)
