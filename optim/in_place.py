"""Arithmetic in place, through scratch memory that is used again and again.

Fresh memory for every temporary costs more than the arithmetic: in a process that has not yet freed large arrays an
update took five times as long, all of it page faults. (BLAS would add ``alpha * x`` in one pass, but with two threads
that wait for each other, which on a busy machine took a hundred times as long.)
"""

import threading

import numpy as np

from ..layers.core import Array
from ..layers.kernels import compiled

__all__ = ["add", "addcdiv", "addcmul", "lerp", "scratch"]


class _Memory(threading.local):
    def __init__(self) -> None:
        self.slots: dict[tuple[str, np.dtype[np.generic]], Array] = {}


_memory = _Memory()


def scratch(like: Array, slot: str) -> Array:
    """Return memory of the shape and dtype of ``like``, good until the next call with the same ``slot``."""
    flat = _memory.slots.get((slot, like.dtype))
    if flat is None or flat.size < like.size:
        flat = _memory.slots[slot, like.dtype] = np.empty(like.size, like.dtype)
    return flat[:like.size].reshape(like.shape)


@compiled
def add(out: Array, x: Array, alpha: float) -> None:
    """Add ``alpha * x`` to ``out``."""
    out += np.multiply(x, alpha, out=scratch(out, "term"))


@compiled
def addcmul(out: Array, a: Array, b: Array, value: float) -> None:
    """Add ``value * a * b`` to ``out``."""
    term = np.multiply(a, b, out=scratch(out, "term"))
    term *= value
    out += term


@compiled
def addcdiv(out: Array, a: Array, b: Array, value: float) -> None:
    """Add ``value * a / b`` to ``out``."""
    term = np.divide(a, b, out=scratch(out, "term"))
    term *= value
    out += term


@compiled
def lerp(average: Array, x: Array, weight: float) -> None:
    """Move ``average`` the part ``weight`` of the way to ``x``."""
    term = np.subtract(x, average, out=scratch(average, "term"))
    if weight < 0.5:
        term *= weight
        average += term
    else:           # from the nearer end, so that a weight of 1 gives x itself, as in torch.lerp
        term *= 1 - weight
        np.subtract(x, term, out=average)
