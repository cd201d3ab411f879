"""Cutting a matrix of weights into parts that fit into the cache, and finding what belongs to each."""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Shape

__all__ = ["Part", "parts"]

_ROOM = 1 << 16         # weights at a time


class Part(NamedTuple):
    """Some rows of weights of a shape (..., L, S): where they are, and the keys that they reach.

    ``outer`` are indices of leading axes, ``cut`` is the stretch of the axis behind them, ``reach`` that of the last.
    """

    shape: Shape
    outer: tuple[int, ...]
    cut: slice
    reach: slice

    @property
    def place(self) -> tuple[int | slice, ...]:
        """The index of the part among the weights, or of its rows in an array (..., L, E)."""
        return (*self.outer, self.cut)

    @property
    def heads(self) -> tuple[int | slice, ...]:
        """The index of the part's keys in an array (..., S, E)."""
        return self.place[:len(self.shape) - 2]

    def rows(self, values: Array) -> Array:
        """Return what belongs to the queries of an array (..., L, E), whose leading axes broadcast."""
        return np.asarray(_stretched(values, self.shape)[self.place])

    def columns(self, values: Array) -> Array:
        """Return what belongs to the keys of an array (..., S, E), whose leading axes broadcast."""
        return np.asarray(_stretched(values, self.shape)[self.heads][..., self.reach, :])

    def cells(self, values: Array) -> Array:
        """Return what belongs to the weights of an array that broadcasts to (..., L, S)."""
        return np.asarray(np.broadcast_to(values, self.shape)[self.place][..., self.reach])

    @property
    def first(self) -> int:
        """The position of the first query."""
        return self.cut.start if len(self.place) == len(self.shape) - 1 else 0


def parts(shape: Shape, is_causal: bool) -> Iterator[Part]:
    """Cut weights of a shape along their outer axes; rows stay whole, up to what a causal mask hides from all."""
    *_, length, source = shape
    depth = next((axis for axis in range(len(shape) - 1) if prod(shape[axis + 1:]) <= _ROOM), len(shape) - 2)
    step = max(1, _ROOM // max(1, prod(shape[depth + 1:])))
    for outer in np.ndindex(shape[:depth]):
        for start in range(0, shape[depth], step):
            stop = min(start + step, shape[depth])
            last = stop if depth == len(shape) - 2 else length
            yield Part(shape, outer, slice(start, stop), slice(0, min(last, source) if is_causal else source))


def _stretched(values: Array, shape: Shape) -> Array:
    lead = shape[:-2]
    return values if values.shape[:-2] == lead else np.broadcast_to(values, (*lead, *values.shape[-2:]))
