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
                as_dtype(y * np.log(np.where(base > 0, base, 1)), y.dtype))


class WhereCache(NamedTuple):
    """The condition, and shapes of the two others."""

    condition: Array
    a_shape: Shape
    b_shape: Shape


class Where(Operator):
    """Of two arrays the first where a condition holds, else the second, ``y = condition ? a : b``."""

    locally_linear = True

    def forward(self, *given: Any) -> Array:
        condition, a, b = self.arguments(given)
        self.cache = WhereCache(condition, a.shape, b.shape)
        return np.asarray(np.where(condition, a, b))

    def backward(self, grad_out: Array) -> Any:
        condition, a_shape, b_shape = self.saved()
        zero = grad_out.dtype.type(0)
        return self.spread([None, unbroadcast(np.where(condition, grad_out, zero), a_shape),
                            unbroadcast(np.where(condition, zero, grad_out), b_shape)])


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

    def backward(self, grad_out: Array) -> Array:
        dtype, = self.saved()
        return as_dtype(grad_out, dtype)


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
        self.cache = ProductCache(a, b)
        return np.asarray(a @ b)

    def backward(self, grad_out: Array) -> Any:
        a, b = self.saved()
        rows, columns = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
        grad = np.expand_dims(grad_out, tuple(-2 + place for place, x in enumerate((a, b)) if x.ndim == 1))
        grad_a, grad_b = grad @ columns.swapaxes(-1, -2), rows.swapaxes(-1, -2) @ grad
        return self.spread([unbroadcast(grad_a, rows.shape).reshape(a.shape),
                            unbroadcast(grad_b, columns.shape).reshape(b.shape)])
