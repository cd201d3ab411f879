"""Norms whose rows are the last axes of the input."""

from collections.abc import Iterable
from math import prod

from ..core import Array, Shape, ValueRangeError, check_shape, check_size
from .row_norm import RowNorm

__all__ = ["TrailingNorm"]


class TrailingNorm(RowNorm):
    """Standardised rows that are the last axes, of ``normalized_shape``; parameters have that shape.

    Gradients:
        grad_x as in RowNorm; those of the parameters are summed over the leading axes

    Source: Ba, Kiros & Hinton 2016.
    """

    def __init__(self, normalized_shape: int | Iterable[int]) -> None:
        sizes = tuple(normalized_shape) if isinstance(normalized_shape, Iterable) else (normalized_shape,)
        owner = type(self).__name__
        if not sizes:
            raise ValueRangeError(f"{owner} expected normalized_shape of one or more sizes, got none")
        self.normalized_shape = tuple(check_size(size, "normalized_shape", owner) for size in sizes)

    def rows(self, x_shape: Shape) -> int:
        return prod(x_shape[:len(x_shape) - len(self.normalized_shape)])

    def spread(self, values: Array, x_shape: Shape) -> Array:
        return values

    def check(self, x: Array | Shape) -> None:
        check_shape(x, (..., *self.normalized_shape), name="x", owner=self)
