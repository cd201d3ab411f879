"""Positions added to features: a table with one row for each place, the same for every sequence."""

from typing import NamedTuple

import numpy as np

from ..core import Array, Description, Layer, Parameter, Shape, as_dtype, check_shape, total, unbroadcast
from .angles import along, positions

__all__ = ["AddedPositions", "AddedPositionsCache"]


class AddedPositionsCache(NamedTuple):
    """Shape and dtype of the input."""

    x_shape: Shape
    dtype: np.dtype[np.generic]


class AddedPositions(Layer):
    """Features of a place added to those of what stands there, ``y = x + table[:L]``, positions along axis ``dim``.

    A subclass writes ``table(length, features)`` and has a ``weight`` if the table is trained.

    Gradients:
        grad_x      = grad_out
        grad_weight = grad_out, summed over all axes but positions and features; zero for places not reached

    Source: Gehring, Auli, Grangier, Yarats & Dauphin 2017.
    """

    locally_linear = True
    weight: Parameter | None = None
    dim: int

    def table(self, length: int, features: int) -> Array:
        """Return the features of the first ``length`` places."""
        raise NotImplementedError(f"{type(self).__name__}.table")

    def check(self, x: Array | Shape) -> int:
        """Return the number of positions of an input or a shape, or raise ShapeError."""
        check_shape(x, (...,), name="x", owner=self)
        return positions(x if isinstance(x, tuple) else x.shape, self.dim, self)

    def forward(self, x: Array) -> Array:
        length = self.check(x)
        dtype = x.dtype if self.weight is None else self.weight.dtype
        self.cache = AddedPositionsCache(x.shape, x.dtype)
        table = as_dtype(self.table(length, x.shape[-1]), dtype)
        return as_dtype(x, dtype) + along(table, self.dim, x.ndim)

    def backward(self, grad_out: Array) -> Array | None:
        x_shape, dtype = self.saved()
        check_shape(grad_out, x_shape, name="grad_out", owner=self)
        if self.weight is not None and self.weight.requires_grad:
            self._add(self.weight.grad, grad_out)
        return as_dtype(grad_out, dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x_shape, _ = self.point()
        self.tangent = ()
        weight_dot = None if self.weight is None else self.weight.dot
        moved = None if weight_dot is None else along(weight_dot[:x_shape[self.dim]], self.dim, len(x_shape))
        return total(x_dot, None if moved is None else np.broadcast_to(moved, x_shape))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        if self.weight is not None and self.weight.requires_grad and grad_out_dot is not None:
            self._add(self.weight.grad_dot, grad_out_dot)
        return self.backward(grad_out), grad_out_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """Nothing is kept but a shape."""
        (x_shape,) = x_shapes
        self.check(x_shape)
        return self.description(x_shape)

    def _add(self, grad: Array, grad_out: Array) -> None:
        reached = grad[:grad_out.shape[self.dim]]
        reached += unbroadcast(grad_out, along(reached, self.dim, grad_out.ndim).shape).reshape(reached.shape)
