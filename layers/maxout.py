"""Maxout: the largest of several affine maps, a learned convex activation."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Entry,
    Kept,
    Layer,
    Shape,
    Size,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_shape,
    check_size,
)
from .linear import Linear

__all__ = ["Maxout"]


class MaxoutCache(NamedTuple):
    """The call of the affine maps, and the number of the one that won at each output."""

    entry: Entry
    winner: Array


class Maxout(Layer):
    """Largest of ``k`` affine maps at each output, ``y = max over j of (x @ weight[j].T + bias[j])``.

    Shapes:
        x:             (..., in_features)
        linear.weight: (out_features·k, in_features), the k maps of an output one after the other
        y:             (..., out_features)

    Gradients:
        grad_out goes to the map that won (the first of equals), and from there on as in Linear

    Cost: k·in_features·out_features multiply-adds per row, twice that backward; keeps ``x`` and the winners.

    Source: Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013.

    Example:
        >>> Maxout(3, 2, k=4).forward(np.ones((5, 3), np.float32)).shape
        (5, 2)
    """

    locally_linear = True       # given the winners

    def __init__(self, in_features: Size, out_features: Size, k: Size = 2, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", "Maxout")
        self.out_features = check_size(out_features, "out_features", "Maxout")
        self.k = check_size(k, "k", "Maxout")
        self.linear = Linear(in_features, out_features * k, bias, rng=rng)

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., self.in_features), name="x", owner=self)
        z, entry = call(self.linear, x, at=(self, "linear"))
        z = z.reshape(*x.shape[:-1], self.out_features, self.k)
        self.cache = MaxoutCache(entry, z.argmax(axis=-1)[..., None])
        return self._winners(z)

    def backward(self, grad_out: Array) -> Array | None:
        entry, winner = self.saved()
        check_shape(grad_out, winner.shape[:-1], name="grad_out", owner=self)
        grad_x: Array | None = call_back(self.linear, entry, self._routed(grad_out), at=(self, "linear"),
                                         needs_input_grad=self.needs_input_grad)
        return grad_x

    def jvp(self, x_dot: Array | None) -> Array | None:
        entry, winner = self.point()
        z_dot, tangent = call_jvp(self.linear, entry, x_dot, at=(self, "linear"))
        self.tangent = (tangent,)
        return None if z_dot is None else self._winners(z_dot.reshape(*winner.shape[:-1], self.k))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        entry, _ = self.saved()
        (tangent,) = self.saved_tangent()
        return call_back_jvp(self.linear, entry, tangent, self._routed(grad_out),
                             None if grad_out_dot is None else self._routed(grad_out_dot), at=(self, "linear"))

    def describe(self, *x_shapes: Shape) -> Description:
        """As Linear, and the winners."""
        (x_shape,) = x_shapes
        check_shape(x_shape, (..., self.in_features), name="x", owner=self)
        inner = self.linear.describe(x_shape)
        y_shape = (*x_shape[:-1], self.out_features)
        return self.description(y_shape, multiply_adds=inner.multiply_adds, field=None,
                                kept=(*inner.kept, Kept("winner", prod(y_shape), np.dtype(np.intp).itemsize)))

    def _winners(self, z: Array) -> Array:
        return np.take_along_axis(z, self.cache.winner, axis=-1)[..., 0]

    def _routed(self, grad: Array) -> Array:
        winner = self.cache.winner
        grad_z = np.zeros((*grad.shape, self.k), grad.dtype)
        np.put_along_axis(grad_z, winner, grad[..., None], axis=-1)
        return grad_z.reshape(*grad.shape[:-1], self.out_features * self.k)
