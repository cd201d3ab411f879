"""The gated linear unit: one half of the channels opens and closes the other."""

from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Description, Kept, Layer, Shape, ShapeError, as_dtype, check_shape, show_shape
from ..core.optional import scipy

__all__ = ["GLU"]


class GLUCache(NamedTuple):
    """The half that passes, and the gate."""

    a: Array
    gate: Array


class GLU(Layer):
    """First half times the sigmoid of the second, ``y = a * gate`` with ``x = (a, b)``, ``gate = sigmoid(b)``.

    Shapes:
        x: (…, 2·C, …), split in halves along axis ``dim``
        y: (…, C, …)

    Gradients:
        grad_a = grad_out * gate
        grad_b = grad_out * a * gate * (1 - gate)
        grad_x = (grad_a, grad_b)

    Cost: keeps ``a``, a view of ``x``, and ``gate``.

    Raises: ShapeError for an odd number of channels.

    Source: Dauphin, Fan, Auli & Grangier 2017.

    Example:
        >>> GLU().forward(np.array([4.0, 0.0])).tolist()
        [2.0]
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        self._output_shape(x.shape)
        a, b = np.split(x, 2, axis=self.dim)
        self.cache = GLUCache(a, np.asarray(scipy.special.expit(b), dtype=x.dtype))
        return np.asarray(a * self.cache.gate)

    def backward(self, grad_out: Array) -> Array | None:
        a, gate = self.saved()
        check_shape(grad_out, a.shape, name="grad_out", owner=self)
        return self._joined(grad_out * gate, grad_out * a * gate * (1 - gate)) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        a, gate = self.point()
        self.tangent = (x_dot,)
        if x_dot is None:
            return None
        a_dot, b_dot = np.split(x_dot, 2, axis=self.dim)
        return np.asarray(a_dot * gate + a * gate * (1 - gate) * b_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        a, gate = self.saved()
        grad_x = self.backward(grad_out)
        grad_x_dot = None if grad_out_dot is None else self.backward(grad_out_dot)
        if x_dot is not None:
            a_dot, b_dot = np.split(x_dot, 2, axis=self.dim)
            slope = gate * (1 - gate)
            moved = self._joined(grad_out * slope * b_dot,
                                 grad_out * slope * (a_dot + a * (1 - 2 * gate) * b_dot))
            grad_x_dot = moved if grad_x_dot is None else grad_x_dot + moved
        return grad_x, grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """One half of the input, and the gate."""
        (x_shape,) = x_shapes
        y_shape = self._output_shape(x_shape)
        return self.description(y_shape, kept=(Kept("x0", prod(y_shape)), Kept("gate", prod(y_shape))))

    def _output_shape(self, x_shape: Shape) -> Shape:
        if not -len(x_shape) <= self.dim < len(x_shape) or x_shape[self.dim] % 2:
            raise ShapeError(f"{self.title} expected x with an even size along axis {self.dim}, "
                             f"got {show_shape(x_shape)}")
        halved = list(x_shape)
        halved[self.dim] //= 2
        return tuple(halved)

    def _joined(self, grad_a: Array, grad_b: Array) -> Array:
        return as_dtype(np.concatenate([grad_a, grad_b], axis=self.dim), self.cache.a.dtype)
