"""Sequences of different lengths in one array: the longest first, so that those still running are the first rows."""

from typing import Any, NamedTuple

import numpy as np

from ..core import Array, DtypeError, Layer, Size, ValueRangeError, check_shape

__all__ = ["Rows", "arrange", "check_lengths"]


class Rows(NamedTuple):
    """The order in which a walk has the sequences, how to undo it, how many take part at each step, and the others."""

    order: Array | slice
    back: Array | slice
    alive: list[int]
    finished: Array | None      # (L, N)

    def clear(self, y: Array) -> Array:
        """Set to zero, in place, what lies behind the end of a sequence: nothing there may count, not even NaN."""
        if self.finished is not None:
            y[self.finished] = 0
        return y


def arrange(lengths: Array | None, length: Size, batch: int) -> Rows:
    """Return how a walk over ``length`` steps has the sequences; without ``lengths`` as they are."""
    if lengths is None:
        return Rows(slice(None), slice(None), [batch] * length, None)
    order = np.argsort(-lengths, kind="stable")
    finished = np.arange(length)[:, None] >= lengths[order]
    return Rows(order, np.argsort(order), (batch - finished.sum(axis=1)).tolist(), finished)


def check_lengths(lengths: Any, batch: int, length: Size, owner: Layer) -> Array:
    """Return lengths of sequences as an array of their own, (N,).

    Raises: DtypeError for other than whole numbers, ShapeError unless there is one for each sequence, ValueRangeError
    for one that is negative or more than there are steps.
    """
    given = np.asarray(lengths)
    if given.dtype.kind not in "iu":
        raise DtypeError(f"{owner.title} expected lengths as whole numbers, got {given.dtype}")
    check_shape(given.shape, (batch,), name="lengths", owner=owner)
    if given.size and not 0 <= given.min() <= given.max() <= length:
        raise ValueRangeError(f"{owner.title} expected lengths from 0 to {length}, the steps of x, "
                              f"got {given.min()} to {given.max()}")
    return given.astype(np.int64)
