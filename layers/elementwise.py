"""Functions applied to every element alone: a family that differs in three expressions."""

from math import prod
from typing import ClassVar, NamedTuple

import numpy as np

from .core import Array, Description, Kept, Layer, Shape, as_dtype, check_shape
from .kernels import gate

__all__ = ["Elementwise", "ElementwiseCache"]


class ElementwiseCache(NamedTuple):
    """What the slope is computed from: the input, the output or both, as the function's ``keeps`` says."""

    x: Array | None
    y: Array | None
    dtype: np.dtype[np.generic]


class Elementwise(Layer):
    """A function of every element alone, ``y = value(x)``, with its first and second derivative.

    A subclass writes ``value(x)``, ``slope(x, y)`` and ``curvature(x, y)`` and says in ``keeps`` which of ``"x"`` and
    ``"y"`` the latter two read; what is not kept is not handed to them.

    Gradients:
        grad_x = grad_out * slope(x, y)                                 (the Jacobian is diagonal: BP1, BP2)

    Cost: no multiply-adds; keeps one array (two with ``keeps = "xy"``).

    Source: Nielsen 2015, chapter 2.
    """

    keeps: ClassVar[str] = "y"

    def value(self, x: Array) -> Array:
        """Return the function's value."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def slope(self, x: Array, y: Array) -> Array:
        """Return the first derivative; truth values where it is one or zero."""
        raise NotImplementedError(f"{type(self).__name__}.slope")

    def curvature(self, x: Array, y: Array) -> Array | float:
        """Return the second derivative; zero almost everywhere if the function is locally linear."""
        if self.locally_linear:
            return 0.0
        raise NotImplementedError(f"{type(self).__name__}.curvature")

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        y = self.value(x)
        self.cache = ElementwiseCache(x if "x" in self.keeps else None, y if "y" in self.keeps else None, x.dtype)
        return y

    def backward(self, grad_out: Array) -> Array | None:
        x, y, dtype = self.saved()
        check_shape(grad_out, (y if x is None else x).shape, name="grad_out", owner=self)
        return as_dtype(self._times_slope(grad_out, x, y), dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, y, dtype = self.point()
        self.tangent = (x_dot,)
        return None if x_dot is None else as_dtype(self._times_slope(x_dot, x, y), dtype)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        x, y, dtype = self.saved()
        grad_x = self.backward(grad_out)
        grad_x_dot = None if grad_out_dot is None else self._times_slope(grad_out_dot, x, y)
        if x_dot is not None and not self.locally_linear:
            bend = grad_out * self.curvature(x, y) * x_dot      # the slope itself moves along x_dot
            grad_x_dot = bend if grad_x_dot is None else grad_x_dot + bend
        return grad_x, None if grad_x_dot is None else as_dtype(grad_x_dot, dtype)

    def describe(self, *x_shapes: Shape) -> Description:
        """The output has the input's shape."""
        (x_shape,) = x_shapes
        return self.description(x_shape, kept=tuple(Kept(f"{name}0", prod(x_shape)) for name in self.keeps))

    def _times_slope(self, v: Array, x: Array, y: Array) -> Array:
        slope = self.slope(x, y)
        return gate(v, slope) if np.asarray(slope).dtype == bool else np.multiply(v, slope)
