"""Product of two matrices that both carry gradients."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    ShapeError,
    as_dtype,
    check_shape,
    show_shape,
    total,
    unbroadcast,
)

__all__ = ["MatMul"]


class MatMulCache(NamedTuple):
    """Both factors."""

    a: Array
    b: Array


class MatMul(Layer):
    """Matrix product, ``y = a @ b``; leading axes are batches and broadcast.

    Shapes:
        a: (..., n, k)
        b: (..., k, m)
        y: (..., n, m)

    Gradients:
        grad_a = grad_out @ b.T
        grad_b = a.T @ grad_out

    Cost: n·k·m multiply-adds per matrix, twice that backward; keeps ``a`` and ``b``.

    Source: Giles 2008, "Collected matrix derivative results", section 2.2.

    Example:
        >>> MatMul().forward(np.ones((5, 2, 3)), np.ones((3, 4))).shape
        (5, 2, 4)
    """

    def forward(self, a: Array, b: Array) -> Array:
        check_shape(a, (..., "n", "k"), name="a", owner=self)
        check_shape(b, (..., "k", "m"), name="b", owner=self)
        self._output_shape(a.shape, b.shape)
        self.cache = MatMulCache(a, b)
        return a @ b

    def backward(self, grad_out: Array) -> tuple[Array, Array] | None:
        a, b = self.saved()
        check_shape(grad_out, self._output_shape(a.shape, b.shape), name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        grad_a, grad_b = grad_out @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ grad_out
        return as_dtype(unbroadcast(grad_a, a.shape), a.dtype), as_dtype(unbroadcast(grad_b, b.shape), b.dtype)

    def jvp(self, a_dot: Array | None, b_dot: Array | None) -> Array | None:
        a, b = self.point()
        self.tangent = (a_dot, b_dot)
        return total(None if a_dot is None else a_dot @ b, None if b_dot is None else a @ b_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        a_dot, b_dot = self.saved_tangent()
        a, b = self.saved()
        grad_a_dot = total(None if grad_out_dot is None else grad_out_dot @ b.swapaxes(-1, -2),
                           None if b_dot is None else grad_out @ b_dot.swapaxes(-1, -2))
        grad_b_dot = total(None if grad_out_dot is None else a.swapaxes(-1, -2) @ grad_out_dot,
                           None if a_dot is None else a_dot.swapaxes(-1, -2) @ grad_out)
        return self.backward(grad_out), (None if grad_a_dot is None else unbroadcast(grad_a_dot, a.shape),
                                         None if grad_b_dot is None else unbroadcast(grad_b_dot, b.shape))

    def describe(self, *x_shapes: Shape) -> Description:
        """One product per pair of matrices."""
        a_shape, b_shape = x_shapes
        y_shape = self._output_shape(a_shape, b_shape)
        return self.description(y_shape, multiply_adds=prod(y_shape) * a_shape[-1], field=None,
                                kept=(Kept("x0", prod(a_shape)), Kept("x1", prod(b_shape))))

    def _output_shape(self, a_shape: Shape, b_shape: Shape) -> Shape:
        try:
            batch = np.broadcast_shapes(a_shape[:-2], b_shape[:-2])
        except ValueError:
            batch = None
        if batch is None or min(len(a_shape), len(b_shape)) < 2 or a_shape[-1] != b_shape[-2]:
            raise ShapeError(f"{self.title} expected a of shape (..., n, k) and b of shape (..., k, m), "
                             f"got {show_shape(a_shape)} and {show_shape(b_shape)}")
        return (*batch, a_shape[-2], b_shape[-1])
