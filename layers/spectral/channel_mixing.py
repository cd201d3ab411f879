"""Channels mixed by a function of their own covariance: what whitening and denoising share."""

from math import inf, prod
from typing import NamedTuple

import numpy as np

from ..core import (
    Array,
    Buffer,
    Description,
    Epsilon,
    Kept,
    Layer,
    Parameter,
    Shape,
    Share,
    Size,
    ValueRangeError,
    as_dtype,
    check_choice,
    check_range,
    check_shape,
    check_size,
    show_shape,
    total,
)
from .inverse_gaps import GRADIENTS, decompose, inverse_gaps
from .square import symmetric

__all__ = ["ChannelMixing", "ChannelMixingCache"]


class ChannelMixingCache(NamedTuple):
    """The input, its mean, what it was mixed by, and the eigenvectors that came from; None in evaluation."""

    x: Array
    mean: Array
    matrix: Array
    values: Array | None
    vectors: Array | None


class ChannelMixing(Layer):
    """Channels of each group mixed, ``y = matrix @ (x - mean) * weight + bias``.

    ``matrix = vectors @ diag(scale) @ vectors.T`` keeps the eigenvectors of ``covariance + eps * I`` of the group's
    channels; a subclass says in ``scale`` by what each is multiplied, in ``slope`` how that moves with its eigenvalue,
    and in ``divided`` the divided difference of it at two eigenvalues. In training mean and matrix are the batch's, and
    the running ones follow, ``running += momentum * (batch - running)``; in evaluation those are used.

    Gradients:
        grad_matrix     = symmetric(grad_hat @ centred.T), with grad_hat = grad_out * weight, centred = x - mean
        grad_covariance = vectors @ (bend * (vectors.T @ grad_matrix @ vectors)) @ vectors.T
        bend[i, j]      = scale[j] * gaps[i, j] + scale[i] * gaps[j, i], or divided[i, j]; slope[i] on the diagonal
        grad_x          = matrix @ grad_hat + 2 / n * grad_covariance @ centred, less its mean

    Source: Wang, Dang, Hu, Fua & Salzmann 2019, section 3.2, with one matrix in place of its chain of deflations.
    """

    forward_mode_gap = "the divided differences have no derivatives written, so there is jvp but no backward_jvp"

    def __init__(self, num_features: Size, num_groups: Size, gradient: str, iterations: Size, eps: Epsilon,
                 momentum: Share, affine: bool) -> None:
        owner = type(self).__name__
        self.num_features = check_size(num_features, "num_features", owner)
        self.num_groups = check_size(num_groups, "num_groups", owner)
        if num_features % num_groups:
            raise ValueRangeError(f"{owner} expected num_groups that divides num_features {num_features}, "
                                  f"got {num_groups}")
        self.gradient = check_choice(gradient, ("spectral", *GRADIENTS), name="gradient", owner=owner)
        self.iterations = check_size(iterations, "iterations", owner)
        self.eps = check_range(float(eps), 0.0, inf, name="eps", owner=owner, open_high=True)
        self.momentum = check_range(float(momentum), 0.0, 1.0, name="momentum", owner=owner)
        self.affine = affine
        self.weight = Parameter(np.ones(num_features)) if affine else None
        self.bias = Parameter(np.zeros(num_features)) if affine else None
        self.running_mean = Buffer(np.zeros(num_features))
        self.running_matrix = Buffer(np.tile(np.eye(self.width), (num_groups, 1, 1)))

    @property
    def width(self) -> int:
        """How many channels a group has."""
        return self.num_features // self.num_groups

    def scale(self, values: Array) -> Array:
        """Return by what the eigenvectors are multiplied, given eigenvalues (groups, width), ascending."""
        raise NotImplementedError(f"{type(self).__name__}.scale")

    def slope(self, values: Array) -> Array:
        """Return the derivative of ``scale`` by the eigenvalue."""
        raise NotImplementedError(f"{type(self).__name__}.slope")

    def divided(self, values: Array) -> Array:
        """Return ``(scale[i] - scale[j]) / (values[i] - values[j])``, exact also where eigenvalues meet."""
        raise NotImplementedError(f"{type(self).__name__}.divided")

    def forward(self, x: Array) -> Array:
        self._check(x)
        centred, mean = self._centred(x)
        if self.training:
            covariance = centred @ centred.swapaxes(1, 2) / centred.shape[2]
            covariance += self.eps * np.eye(self.width, dtype=centred.dtype)
            matrix, values, vectors = self._taken_apart(covariance)
            for running, batch in ((self.running_mean, mean.ravel()), (self.running_matrix, matrix)):
                running.assign((1 - self.momentum) * running.data + self.momentum * batch)
        else:
            values, vectors, matrix = None, None, as_dtype(self.running_matrix.data, centred.dtype)
        self.cache = ChannelMixingCache(x, mean, matrix, values, vectors)
        y = matrix @ centred
        if self.weight is not None and self.bias is not None:
            y *= self._column(self.weight.data)
            y += self._column(self.bias.data)
        return self._ungrouped(y, x.shape)

    def backward(self, grad_out: Array) -> Array | None:
        x, mean, matrix, values, _ = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        grad, centred = self._grouped(as_dtype(grad_out, mean.dtype)), self._centred(x, mean)[0]
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad.sum(axis=2).ravel()
        if self.weight is not None and self.weight.requires_grad:
            self.weight.grad += (grad * (matrix @ centred)).sum(axis=2).ravel()
        if not self.needs_input_grad:
            return None
        grad = self._weighted(grad)
        grad_x = matrix @ grad
        if values is not None:
            grad_x += self._covariance_path(grad, centred) @ centred
            grad_x -= grad_x.mean(axis=2, keepdims=True)
        return as_dtype(self._ungrouped(grad_x, x.shape), x.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, mean, matrix, values, _ = self.point()
        self.tangent = ()
        centred = self._centred(x, mean)[0]
        weight_dot, bias_dot = (None if parameter is None or parameter.dot is None else self._column(parameter.dot)
                                for parameter in (self.weight, self.bias))
        y_dot = total(None if weight_dot is None else matrix @ centred * weight_dot,
                      None if bias_dot is None else np.broadcast_to(bias_dot, centred.shape))
        if x_dot is not None:
            moved = self._grouped(as_dtype(x_dot, mean.dtype))
            if values is not None:
                moved = moved - moved.mean(axis=2, keepdims=True)
            mixed_dot = matrix @ moved
            if values is not None:
                mixed_dot += self._covariance_path(moved, centred) @ centred
            y_dot = total(y_dot, self._weighted(mixed_dot))
        return None if y_dot is None else self._ungrouped(y_dot, x.shape)

    def describe(self, *x_shapes: Shape) -> Description:
        """The covariance, its decomposition in training, and the product."""
        (x_shape,) = x_shapes
        self._check(x_shape)
        size, squares = prod(x_shape), self.num_features * self.width
        kept: tuple[Kept, ...] = (Kept("x0", size), Kept("mean", self.num_features), Kept("matrix", squares))
        if self.training:
            kept = (*kept, Kept("values", self.num_features), Kept("vectors", squares))
        return self.description(x_shape, multiply_adds=2 * size * self.width + 9 * squares * self.width, kept=kept)

    def _taken_apart(self, covariance: Array) -> tuple[Array, Array, Array]:
        values, vectors = decompose(covariance)
        values = np.maximum(values, self.eps)           # but by rounding, no eigenvalue is less
        return vectors * self.scale(values)[:, None, :] @ vectors.swapaxes(1, 2), values, vectors

    def _covariance_path(self, moved: Array, centred: Array) -> Array:
        """Return what ``moved`` does by way of the covariance, (groups, width, width); the map is its own adjoint."""
        _, _, _, values, vectors = self.point()
        turned = vectors.swapaxes(1, 2)
        inner = turned @ symmetric(moved @ centred.swapaxes(1, 2)) @ vectors
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(vectors @ (self._bend(values) * inner) @ turned * (2 / centred.shape[2]))

    def _bend(self, values: Array) -> Array:
        if self.gradient == "spectral":
            bend = self.divided(values)
        else:
            half = inverse_gaps(values, self.gradient, self.iterations) * self.scale(values)[:, None, :]
            with np.errstate(invalid="ignore"):         # infinity less infinity, where eigenvalues meet
                bend = half + half.swapaxes(1, 2)
        return np.where(np.eye(self.width, dtype=bool), self.slope(values)[:, None, :], bend)

    def _centred(self, x: Array, mean: Array | None = None) -> tuple[Array, Array]:
        """Return ``x`` by groups, (groups, width, n), less its mean, and that: its own, given, or the running one."""
        dtype = x.dtype if self.weight is None else self.weight.dtype
        rows = self._grouped(as_dtype(x, dtype))
        if mean is None:
            mean = rows.mean(axis=2, keepdims=True) if self.training else self._column(
                as_dtype(self.running_mean.data, dtype))
        return rows - mean, mean

    def _grouped(self, x: Array) -> Array:
        # (N, C, …) -> (groups, width, N·…)
        return np.moveaxis(x, 1, 0).reshape(self.num_groups, self.width, x.size // max(1, self.num_features))

    def _ungrouped(self, y: Array, x_shape: Shape) -> Array:
        # (groups, width, N·…) -> (N, C, …)
        return np.ascontiguousarray(np.moveaxis(y.reshape(self.num_features, x_shape[0], *x_shape[2:]), 0, 1))

    def _column(self, values: Array) -> Array:
        return values.reshape(self.num_groups, self.width, 1)

    def _weighted(self, values: Array) -> Array:
        return values if self.weight is None else values * self._column(self.weight.data)

    def _check(self, x: Array | Shape) -> None:
        shape = x if isinstance(x, tuple) else np.shape(x)
        check_shape(x, ("N", self.num_features, *(f"L{axis}" for axis in range(len(shape) - 2))), name="x", owner=self)
        if self.training and prod(shape) < 2 * self.num_features:
            raise ValueRangeError(f"{self.title} expected more than one value per channel to take statistics of, "
                                  f"got {show_shape(shape)}; use a larger batch, or eval() with running statistics")
