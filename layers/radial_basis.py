"""Units that answer to what is near a centre: Gaussian radial basis functions."""

import math
from typing import NamedTuple

import numpy as np

from .core import (
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
from .kernels import matmul

__all__ = ["RadialBasis", "RadialBasisCache"]


class RadialBasisCache(NamedTuple):
    """The input, its squared distance from every centre, and the output."""

    x: Array
    square: Array
    y: Array


class RadialBasis(Layer):
    """Gaussian units, ``y[o] = exp(-(sharpness[o]**2 * square[o]) / 2)`` with ``square[o] = sum((x - centre[o])**2)``.

    Shapes:
        x:         (..., in_features)
        centre:    (out_features, in_features), normal at first; samples of the inputs are a better begin
        sharpness: (out_features,), one over the radius, 1 / sqrt(in_features) at first
        y:         (..., out_features)

    Gradients:
        pull           = grad_out * y * sharpness**2
        grad_x         = pull @ centre - pull.sum(-1) * x
        grad_centre    = pull.T @ x - pull.sum(0) * centre                  (summed over the leading axes)
        grad_sharpness = -sharpness * (grad_out * y * square).sum(0)

    Cost: in_features * out_features multiply-adds per row, twice that backward; keeps ``x``, ``square`` and ``y``.

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.8; Broomhead & Lowe 1988.

    Example:
        >>> units = RadialBasis(2, 1)
        >>> units.centre.data, units.sharpness.data = np.array([[1.0, 2.0]]), np.array([1.0])
        >>> units.forward(np.array([[1.0, 2.0], [1.0, 4.0]], np.float32)).ravel().round(3)
        array([1.   , 0.135], dtype=float32)
    """

    def __init__(self, in_features: Size, out_features: Size, *, rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", "RadialBasis")
        self.out_features = check_size(out_features, "out_features", "RadialBasis")
        self.centre = Parameter(default_rng(rng).standard_normal((out_features, in_features)))
        self.sharpness = Parameter(np.full(out_features, 1 / math.sqrt(in_features)))

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., self.in_features), name="x", owner=self)
        x_here, centre = as_dtype(x, self.centre.dtype), self.centre.data
        square = np.maximum((x_here**2).sum(axis=-1, keepdims=True) - 2 * matmul(x_here, centre.T)
                            + (centre**2).sum(axis=1), 0)       # rounding may leave less than nothing of a distance
        y: Array = np.exp(-0.5 * self.sharpness.data**2 * square)
        self.cache = RadialBasisCache(x, square, y)
        return y

    def backward(self, grad_out: Array) -> Array | None:
        x, square, y = self.saved()
        check_shape(grad_out, y.shape, name="grad_out", owner=self)
        signal, centre, sharpness = grad_out * y, self.centre.data, self.sharpness.data
        pull = signal * sharpness**2
        if self.centre.requires_grad:
            self.centre.grad += self._to_centre(pull, x, centre)
        if self.sharpness.requires_grad:
            self.sharpness.grad -= sharpness * _rows(signal * square).sum(axis=0)
        return as_dtype(self._to_input(pull, x, centre), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, square, y = self.point()
        centre, sharpness = self.centre.data, self.sharpness.data
        moves = [x_dot, self.centre.dot, self.sharpness.dot]
        x_dot, centre_dot, sharpness_dot = (np.zeros_like(point) if dot is None else dot
                                            for dot, point in zip(moves, (x, centre, sharpness), strict=True))
        square_dot = 2 * ((x * x_dot).sum(axis=-1, keepdims=True) - matmul(x_dot, centre.T)
                          - matmul(x, centre_dot.T) + (centre * centre_dot).sum(axis=1))
        y_dot = -y * sharpness * (sharpness_dot * square + sharpness * square_dot / 2)
        self.tangent = (x_dot, centre_dot, sharpness_dot, square_dot, y_dot)
        return None if all(dot is None for dot in moves) else y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        grad_x, (x, square, y) = self.backward(grad_out), self.saved()
        x_dot, centre_dot, sharpness_dot, square_dot, y_dot = self.saved_tangent()
        centre, sharpness = self.centre.data, self.sharpness.data
        signal, signal_dot = grad_out * y, grad_out * y_dot + (0 if grad_out_dot is None else grad_out_dot * y)
        pull, pull_dot = signal * sharpness**2, sharpness * (signal_dot * sharpness + 2 * signal * sharpness_dot)
        if self.centre.requires_grad:
            self.centre.grad_dot += self._to_centre(pull_dot, x, centre) + self._to_centre(pull, x_dot, centre_dot)
        if self.sharpness.requires_grad:
            self.sharpness.grad_dot -= (sharpness_dot * _rows(signal * square).sum(axis=0)
                                        + sharpness * _rows(signal_dot * square + signal * square_dot).sum(axis=0))
        if not self.needs_input_grad:
            return grad_x, None
        return grad_x, as_dtype(self._to_input(pull_dot, x, centre) + self._to_input(pull, x_dot, centre_dot), x.dtype)

    def describe(self, *x_shapes: Shape) -> Description:
        """One product with the centres; every output sees all of ``x``."""
        (x_shape,) = x_shapes
        check_shape(x_shape, (..., self.in_features), name="x", owner=self)
        y_shape = (*x_shape[:-1], self.out_features)
        return self.description(y_shape, multiply_adds=math.prod(x_shape) * self.out_features, field=None, kept=(
            Kept("x0", math.prod(x_shape)), Kept("square", math.prod(y_shape)), Kept("y0", math.prod(y_shape))))

    def _to_centre(self, pull: Array, x: Array, centre: Array) -> Array:
        rows = _rows(pull)
        return np.asarray(matmul(rows.T, as_dtype(_rows(x), rows.dtype)) - rows.sum(axis=0)[:, None] * centre)

    def _to_input(self, pull: Array, x: Array, centre: Array) -> Array:
        return np.asarray(matmul(pull, centre) - pull.sum(axis=-1, keepdims=True) * x)


def _rows(array: Array) -> Array:
    rows: Array = array.reshape(-1, array.shape[-1])
    return rows
