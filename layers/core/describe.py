"""What a layer does to shapes, work and memory, by arithmetic alone: nothing is allocated, nothing computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .arrays import Shape

__all__ = ["POINTWISE", "Description", "Field", "Kept", "compose", "widest"]

Field = tuple[tuple[int, int], ...] | None
"""Receptive field and stride of an output along each spatial axis; None if it sees everything."""

POINTWISE: Field = ()


class Kept(NamedTuple):
    """Memory that the cache holds: ``"x0"`` and ``"y0"`` name the first input and output, other names are its own."""

    name: str
    size: int
    itemsize: int = 0       # bytes of a number; 0: those of the layer's floating-point dtype


@dataclass(frozen=True)
class Description:
    """What one call of a layer gives and costs.

    Attributes:
        y_shapes:      shape of every output, depth first
        parameters:    trainable numbers in the layer
        multiply_adds: of the forward pass
        kept:          what the cache holds between forward and backward
        field:         receptive field and stride of an output in the input, along each spatial axis
        views:         for every output the number of the input whose memory it is, or None; empty: all are new
    """

    y_shapes: tuple[Shape, ...]
    parameters: int = 0
    multiply_adds: int = 0
    kept: tuple[Kept, ...] = ()
    field: Field = POINTWISE
    views: tuple[int | None, ...] = ()

    def cache_bytes(self, dtype: npt.DTypeLike = np.float32) -> int:
        """Return the bytes that the cache holds when the layer computes in ``dtype``."""
        width = np.dtype(dtype).itemsize
        return sum(kept.size * (kept.itemsize or width) for kept in self.kept)


def compose(first: Field, then: Field) -> Field:
    """Return the receptive field of two steps, one after the other: ``size + (kernel - 1) * stride``."""
    if first is None or then is None:
        return None
    if not first or not then:
        return first or then
    return tuple((size + (kernel - 1) * stride, stride * step)
                 for (size, stride), (kernel, step) in zip(first, then, strict=True))


def widest(fields: Iterable[Field]) -> Field:
    """Return the largest of several receptive fields, those of paths that meet."""
    largest: Field = POINTWISE
    for field in fields:
        if field is None:
            return None
        if prod(size for size, _ in field) > prod(size for size, _ in largest or ()):
            largest = field
    return largest
