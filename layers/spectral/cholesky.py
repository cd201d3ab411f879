"""Cholesky factors of positive definite matrices."""

from math import prod
from typing import Any

import numpy as np

from ..core import Array, Description, Kept, Layer, Shape, ValueRangeError, as_dtype, check_shape
from .square import check_square, symmetric

__all__ = ["Cholesky"]


class Cholesky(Layer):
    """Lower triangle with ``y @ y.T = x``, of the symmetric part of ``x``; with ``upper`` its transpose.

    Shapes:
        x, y: (..., d, d)

    Gradients:
        grad_x = y.T**-1 @ half(y.T @ grad_out) @ y**-1, its symmetric part
        half keeps the lower triangle, and of the diagonal one half

    Cost: d³ / 6 multiply-adds per matrix; keeps ``y``.

    Raises: ValueRangeError for what is not positive definite.

    Source: Murray 2016, "Differentiation of the Cholesky decomposition", equation 10; torch.linalg.cholesky.

    Example:
        >>> Cholesky().forward(np.array([[4.0, 2.0], [2.0, 5.0]])).tolist()
        [[2.0, 0.0], [1.0, 2.0]]
    """

    def __init__(self, upper: bool = False) -> None:
        self.upper = upper

    def forward(self, x: Array) -> Array:
        check_square(x, self)
        try:
            lower = np.linalg.cholesky(symmetric(x))
        except np.linalg.LinAlgError:
            raise ValueRangeError(f"{self.title} expected x positive definite, got a matrix with an eigenvalue of at "
                                  f"most zero, or not finite; add a small multiple of the identity") from None
        self.cache = lower
        return self._turned(lower)

    def backward(self, grad_out: Array) -> Array | None:
        lower = self.saved()
        check_shape(grad_out, lower.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        inner = _half(_transposed(lower) @ self._turned(grad_out))
        return as_dtype(symmetric(_framed(lower, inner)), lower.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        lower = self.point()
        # Murray, equation 8
        self.tangent = (None if x_dot is None else lower @ _half(_transposed(
            _left(lower, _transposed(_left(lower, symmetric(x_dot)))))),)
        (lower_dot,) = self.tangent
        return None if lower_dot is None else self._turned(lower_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        (lower_dot,) = self.saved_tangent()
        lower, grad_x = self.saved(), self.backward(grad_out)
        grad_x_dot = np.zeros_like(lower) if grad_out_dot is None else self.backward(grad_out_dot)
        if lower_dot is not None and grad_x is not None:
            grad = self._turned(grad_out)
            whole = _framed(lower, _half(_transposed(lower) @ grad))        # before its symmetric part is taken
            turning = _transposed(_left(_transposed(lower), _transposed(lower_dot)))    # lower_dot @ lower**-1
            inner = _framed(lower, _half(_transposed(lower_dot) @ grad))
            moved = inner - _transposed(turning) @ whole - whole @ turning
            grad_x_dot = grad_x_dot + symmetric(moved)
        return grad_x, grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """A sixth of the cube of the rows, for each matrix."""
        (x_shape,) = x_shapes
        check_square(x_shape, self)
        size = prod(x_shape)
        return self.description(x_shape, multiply_adds=size * x_shape[-1] // 6, field=None, kept=(Kept("y0", size),))

    def _turned(self, lower: Array) -> Array:
        return _transposed(lower) if self.upper else lower


def _transposed(x: Array) -> Array:
    return x.swapaxes(-1, -2)


def _half(x: Array) -> Array:
    """Return the lower triangle, with half of the diagonal."""
    return np.asarray(np.tril(x) - 0.5 * x * np.eye(x.shape[-1], dtype=x.dtype))


def _left(a: Array, b: Array) -> Array:
    """Return ``a**-1 @ b``."""
    return np.asarray(np.linalg.solve(a, b))


def _framed(lower: Array, inner: Array) -> Array:
    """Return ``lower.T**-1 @ inner @ lower**-1``."""
    turned = _transposed(lower)
    return _transposed(_left(turned, _transposed(_left(turned, inner))))
