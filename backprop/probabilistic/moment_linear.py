"""Mean and variance through an affine map whose weights are random themselves."""

from math import prod, sqrt
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import (
    Array,
    Description,
    Kept,
    Layer,
    Parameter,
    Shape,
    Size,
    as_dtype,
    check_shape,
    check_size,
    default_rng,
)
from .moment_gradients import moment_gradients

__all__ = ["MomentLinear", "MomentLinearCache"]


class MomentLinearCache(NamedTuple):
    """Mean and variance of the input, with one more feature that is always 1, and the dtypes in which they came."""

    mean: Array
    var: Array
    dtypes: tuple[np.dtype[Any], np.dtype[Any]]


class MomentLinear(Layer):
    """Mean and variance of ``weights @ (x, 1) / sqrt(n)``, all weights independent, with means and variances to learn.

    ``y_mean = mean @ weight.T / sqrt(n)`` and ``y_var = (var @ (weight**2 + variance).T + mean**2 @ variance.T) / n``,
    ``mean`` and ``var`` being those of the input with a 1 behind it, whose weights are the bias; ``n`` counts them.

    Shapes:
        x_mean, x_var:    (N, in_features)
        weight, variance: (out_features, in_features + 1)
        y_mean, y_var:    (N, out_features)

    Gradients:
        a, b          = grad_mean / sqrt(n), grad_var / n
        grad_weight   = a.T @ mean + 2 * weight * (b.T @ var);  grad_variance = b.T @ (var + mean**2)
        grad_x_mean   = a @ weight + 2 * mean * (b @ variance);  grad_x_var = b @ (weight**2 + variance)

    Cost: three products like Linear's; keeps the input.

    Source: Hernández-Lobato & Adams 2015, equations 13 and 14.

    Example:
        >>> from chainrule.backprop import MomentLinear
        >>> mean, var = MomentLinear(3, 2).forward(np.ones((5, 3)), np.zeros((5, 3)))
        >>> mean.shape, bool((var > 0).all())
        ((5, 2), True)
    """

    forward_mode_gap = "learning takes no tangents"

    def __init__(self, in_features: Size, out_features: Size, *, rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", "MomentLinear")
        self.out_features = check_size(out_features, "out_features", "MomentLinear")
        shape = out_features, in_features + 1
        self.weight = Parameter(default_rng(rng).standard_normal(shape) / sqrt(in_features + 1))
        self.variance = Parameter(np.ones(shape))

    def forward(self, x_mean: Array, x_var: Array) -> tuple[Array, Array]:
        check_shape(x_mean, ("N", self.in_features), name="x_mean", owner=self)
        check_shape(x_var, x_mean.shape, name="x_var", owner=self)
        weight, variance, n = self.weight.data, self.variance.data, self.in_features + 1
        mean, var = np.ones((len(x_mean), n), weight.dtype), np.zeros((len(x_mean), n), weight.dtype)
        mean[:, :-1], var[:, :-1] = x_mean, x_var
        self.cache = MomentLinearCache(mean, var, (x_mean.dtype, x_var.dtype))
        y_var = np.dot(var, (weight * weight + variance).T) + np.dot(mean * mean, variance.T)
        return np.dot(mean, weight.T) / sqrt(n), y_var / n

    def backward(self, grad_out: tuple[Array | None, Array | None]) -> tuple[Array, Array] | None:
        mean, var, dtypes = self.saved()
        grad_mean, grad_var = moment_gradients(grad_out, (len(mean), self.out_features), mean.dtype, self)
        weight, variance, n = self.weight.data, self.variance.data, self.in_features + 1
        a, b = grad_mean / sqrt(n), grad_var / n
        if self.weight.requires_grad:
            self.weight.grad += np.dot(a.T, mean) + 2 * weight * np.dot(b.T, var)
        if self.variance.requires_grad:
            self.variance.grad += np.dot(b.T, var + mean * mean)
        if not self.needs_input_grad:
            return None
        grad_x_mean = np.dot(a, weight) + 2 * mean * np.dot(b, variance)
        grad_x_var = np.dot(b, weight * weight + variance)
        return as_dtype(grad_x_mean[:, :-1], dtypes[0]), as_dtype(grad_x_var[:, :-1], dtypes[1])

    def describe(self, *x_shapes: Shape) -> Description:
        """Three products."""
        x_shape, var_shape = x_shapes
        check_shape(x_shape, ("N", self.in_features), name="x_mean", owner=self)
        check_shape(var_shape, x_shape, name="x_var", owner=self)
        y_shape, size = (x_shape[0], self.out_features), x_shape[0] * (self.in_features + 1)
        return self.description(y_shape, y_shape, multiply_adds=3 * prod(y_shape) * (self.in_features + 1),
                                kept=(Kept("mean", size), Kept("var", size)))
