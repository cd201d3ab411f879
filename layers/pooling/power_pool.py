"""Pools that take a norm: powers of the input, a linear map that sums them by windows, and the root of the sums."""

import math
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Description, Field, Kept, Layer, Shape, as_dtype, check_shape, total

__all__ = ["PowerPool", "PowerPoolCache"]


class PowerPoolCache(NamedTuple):
    """Input and output, and for a largest or smallest value which tap of its window it was."""

    x: Array
    y: Array
    winners: Array | None


class PowerTangent(NamedTuple):
    """What moved along the last ``jvp``."""

    x_dot: Array
    y_dot: Array


class PowerPool(Layer):
    """Norm of windows, ``y = (A x**power)**(1 / power)`` with ``A`` the sum over each window.

    A subclass writes ``A`` as ``gather`` and its transpose as ``spread``, and ``output_shape``. The sum is not that
    of absolute values: where it is negative its root may be NaN, as in PyTorch. ``power`` may be infinite where a
    subclass knows winners: then ``A`` picks them, and they are those of the absolute values.

    Gradients:
        grad_x = (A.T (grad_out * y**(1 - power))) * x**(power - 1), zero where ``y`` is zero

    Source: Hyvärinen & Köster 2007, "Complex cell pooling and the statistics of natural images".
    """

    power: float

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        raise NotImplementedError(f"{type(self).__name__}.output_shape")

    def find(self, x: Array) -> Array:
        """Return the winners of ``x`` in every window."""
        raise NotImplementedError(f"{type(self).__name__}.find")

    def gather(self, x: Array, winners: Array | None) -> Array:
        """Return the sum of every window, or its winner."""
        raise NotImplementedError(f"{type(self).__name__}.gather")

    def spread(self, grad_out: Array, winners: Array | None, x_shape: Shape) -> Array:
        """Return ``grad_out`` added up over its windows, or at the winners: the adjoint of ``gather``."""
        raise NotImplementedError(f"{type(self).__name__}.spread")

    def taps(self) -> int:
        """Return the size of a window."""
        raise NotImplementedError(f"{type(self).__name__}.taps")

    def window(self, x_shape: Shape) -> Field:
        """Return receptive field and stride per spatial axis; pointwise unless told otherwise."""
        return ()

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        self.output_shape(x.shape)
        if math.isinf(self.power):
            winners = self.find(np.copysign(x, self.power))
            y = np.abs(self.gather(x, winners))
        else:
            winners = None
            y = _power(self.gather(_power(x, self.power), None), 1 / self.power)
        self.cache = PowerPoolCache(x, y, winners)
        return y

    def backward(self, grad_out: Array) -> Array | None:
        x, y, winners = self.saved()
        check_shape(grad_out, y.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        outer, inner = self._slopes()
        return as_dtype(_product(self.spread(grad_out * outer, winners, x.shape), inner), x.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        winners = self.point().winners
        self.tangent = ()
        if x_dot is None:
            return None
        outer, inner = self._slopes()
        y_dot = _product(outer, self.gather(_product(x_dot, inner), winners))
        self.tangent = PowerTangent(x_dot, y_dot)
        return y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        tangent, grad_x = self.saved_tangent(), self.backward(grad_out)
        along = None if grad_out_dot is None else self.backward(grad_out_dot)
        if not tangent or grad_x is None or math.isinf(self.power) or self.power == 1:
            return grad_x, along
        x, y, _ = self.cache
        outer, inner = self._slopes()
        outer_dot = (1 - self.power) * _product(tangent.y_dot, _power(y, -self.power))
        inner_dot = (self.power - 1) * _product(tangent.x_dot, _power(x, self.power - 2))
        bend = _product(self.spread(grad_out * outer_dot, None, x.shape), inner)
        turn = _product(self.spread(grad_out * outer, None, x.shape), inner_dot)
        return grad_x, total(along, as_dtype(bend + turn, x.dtype))

    def describe(self, *x_shapes: Shape) -> Description:
        """Input, output and winners are kept."""
        (x_shape,) = x_shapes
        y_shape = self.output_shape(x_shape)
        kept: tuple[Kept, ...] = Kept("x0", prod(x_shape)), Kept("y0", prod(y_shape))
        if math.isinf(self.power):
            kept = *kept, Kept("winners", prod(y_shape), np.min_scalar_type(self.taps() - 1).itemsize)
        return self.description(y_shape, multiply_adds=prod(y_shape) * self.taps(), kept=kept,
                                field=self.window(x_shape))

    def _slopes(self) -> tuple[Array, Array]:
        """Return the slopes of root and power but for the factors ``1 / power`` and ``power``, which cancel."""
        x, y, _ = self.cache
        if math.isinf(self.power):
            return np.ones_like(y), np.sign(x)
        return np.where(y == 0, 0, _power(y, 1 - self.power)), _power(x, self.power - 1)


def _power(x: Array, exponent: float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Array = x**exponent
    return result


def _product(a: Array, b: Array) -> Array:
    """Return ``a * b``, zero where ``a`` is, even if ``b`` is infinite there."""
    return np.multiply(a, b, out=np.zeros_like(a), where=a != 0)
