"""Dropout: in training a random part of the values is left out, and the rest scaled up to make good for it."""

from math import prod
from typing import NamedTuple

import numpy as np

from .core import Array, Description, Kept, Layer, Shape, as_dtype, check_range, check_shape, default_rng

__all__ = ["Dropout"]


class DropoutCache(NamedTuple):
    """Which values were kept (None: all of them), by what they were scaled, and the input's shape and dtype."""

    mask: Array | None
    scale: float
    x_shape: Shape
    dtype: np.dtype[np.generic]


class Dropout(Layer):
    """Leave out each value with probability ``p`` in training, ``y = x * mask / (1 - p)``; do nothing in evaluation.

    Shapes:
        x, y: any

    Gradients:
        grad_x = grad_out * mask / (1 - p), with the mask of the forward pass

    Cost: one random number a value; keeps the mask, a byte a value.

    Raises: ValueRangeError for p outside of [0, 1].

    Source: Srivastava et al. 2014; scaled in training ("inverted") as in torch.nn.Dropout.

    Example:
        >>> Dropout(0.5).eval().forward(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """

    locally_linear = True

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None) -> None:
        self.p = check_range(p, 0, 1, name="p", owner="Dropout")
        self.rng = rng

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        mask = None
        if self.training and self.p > 0:
            mask = default_rng(self.rng).random(x.shape, dtype=np.float32) >= self.p
        self.cache = DropoutCache(mask, 1 / (1 - self.p) if self.p < 1 else 0.0, x.shape, x.dtype)
        return self._masked(x)

    def backward(self, grad_out: Array) -> Array | None:
        check_shape(grad_out, self.saved().x_shape, name="grad_out", owner=self)
        return self._masked(grad_out) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        self.point()
        self.tangent = ()
        return None if x_dot is None else self._masked(x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self._masked(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The mask is kept in training."""
        (x_shape,) = x_shapes
        draws = self.training and self.p > 0
        if draws:
            return self.description(x_shape, kept=(Kept("mask", prod(x_shape), 1),))
        return self.description(x_shape, views=(0,))

    def _masked(self, values: Array) -> Array:
        mask, scale, _, dtype = self.cache
        return as_dtype(values if mask is None else values * mask * scale, dtype)
