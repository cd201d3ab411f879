"""Functions of several arrays that ONNX has beyond our gates: choices, extremes of many, powers, products of rows."""

from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array, Shape, as_dtype, check_shape, unbroadcast
from ....layers.gates import Gate
from .operator import Operator

__all__ = ["Cast", "Extreme", "Product", "Raise", "Where"]


class Extreme(Gate):
    """Largest (``sign`` 1) or smallest (-1) of its inputs, which share the gradient where they tie."""

    inputs = None
    keeps_y = True

    def __init__(self, sign: int) -> None:
        self.sign = sign

    def value(self, *x: Array) -> Array:
        y = x[0]
        for other in x[1:]:
            y = np.maximum(y, other) if self.sign > 0 else np.minimum(y, other)
        return y

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array, ...]:
        wins = [np.asarray(each == y) for each in x]
        count = np.sum([np.broadcast_to(win, y.shape) for win in wins], axis=0)
        return tuple(as_dtype(win / count, y.dtype) for win in wins)


class Raise(Gate):
    """Power of two arrays, ``y = base ** exponent``, for a base above zero where the exponent is trained."""

    keeps_y = True

    def value(self, *x: Array) -> Array:
        base, exponent = x
        return as_dtype(base ** exponent, base.dtype)

    def slopes(self, x: tuple[Array, ...], y: Array) -> tuple[Array, Array]:
        base, exponent = x
        return (as_dtype(exponent * base ** (exponent - 1), y.dtype),
                as_dtype(y * _log(base), y.dtype))

    def slopes_dot(self, x: tuple[Array, ...], y: Array, x_dot: tuple[Any, ...], y_dot: Any) -> tuple[Any, ...]:
        (base, exponent), (base_dot, exponent_dot) = x, x_dot
        log, slope = _log(base), base ** (exponent - 1)
        return (exponent_dot * slope * (1 + exponent * log) + base_dot * exponent * (exponent - 1) * slope / base,
                y_dot * log + base_dot * slope)


def _log(base: Array) -> Array:
    return np.asarray(np.log(np.where(base > 0, base, 1)))      # of what is not above zero nothing is asked


class WhereCache(NamedTuple):
    """The condition, and shapes and dtypes of the two others."""

    condition: Array
    a_shape: Shape
    b_shape: Shape
    a_dtype: np.dtype[np.generic]
    b_dtype: np.dtype[np.generic]


class Where(Operator):
    """Of two arrays the first where a condition holds, else the second, ``y = condition ? a : b``."""

    locally_linear = True

    def forward(self, *given: Any) -> Array:
        condition, a, b = self.arguments(given)
        condition = np.asarray(condition, bool)
        try:
            np.broadcast_shapes(condition.shape, a.shape, b.shape)
        except ValueError:
            raise self.unsuited(condition, a, b) from None
        self.cache = WhereCache(condition, a.shape, b.shape, a.dtype, b.dtype)
        return np.asarray(np.where(condition, a, b))

    def backward(self, grad_out: Array) -> Any:
        condition, a_shape, b_shape, a_dtype, b_dtype = self.saved()
        zero = grad_out.dtype.type(0)
        return self.spread([None, as_dtype(unbroadcast(np.where(condition, grad_out, zero), a_shape), a_dtype),
                            as_dtype(unbroadcast(np.where(condition, zero, grad_out), b_shape), b_dtype)])


class CastCache(NamedTuple):
    """The dtype of the input."""

    dtype: np.dtype[np.generic]


class Cast(Operator):
    """The same numbers in another floating-point type."""

    locally_linear = True

    def forward(self, *given: Any) -> Array:
        x, = given
        self.cache = CastCache(x.dtype)
        return np.asarray(x, self.options["dtype"])

    def backward(self, grad_out: Array) -> Any:
        dtype, = self.saved()
        return self.spread([as_dtype(grad_out, dtype)])


class ProductCache(NamedTuple):
    """Both factors."""

    a: Array
    b: Array


class Product(Operator):
    """Product of matrices or vectors, ``y = a @ b``, as ``np.matmul`` has it."""

    def forward(self, *given: Any) -> Array:
        a, b = self.arguments(given)
        for name, x in (("a", a), ("b", b)):
            check_shape(x, (...,), name=name, owner=self)
        try:
            y = np.asarray(a @ b)
        except ValueError:
            raise self.unsuited(a, b) from None
        self.cache = ProductCache(a, b)
        return y

    def backward(self, grad_out: Array) -> Any:
        a, b = self.saved()
        rows, columns = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
        grad = np.expand_dims(grad_out, tuple(-2 + place for place, x in enumerate((a, b)) if x.ndim == 1))
        grad_a, grad_b = grad @ columns.swapaxes(-1, -2), rows.swapaxes(-1, -2) @ grad
        return self.spread([as_dtype(unbroadcast(grad_a, rows.shape).reshape(a.shape), a.dtype),
                            as_dtype(unbroadcast(grad_b, columns.shape).reshape(b.shape), b.dtype)])
