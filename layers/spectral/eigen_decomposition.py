"""Eigenvalues and eigenvectors of symmetric matrices, with a backward pass that stays finite where eigenvalues meet."""

from math import prod
from typing import NamedTuple

import numpy as np

from ..core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    Size,
    as_dtype,
    check_choice,
    check_shape,
    check_size,
)
from .inverse_gaps import GRADIENTS, Gradient, decompose, inverse_gaps
from .square import check_square, symmetric

__all__ = ["EigenDecomposition", "EigenDecompositionCache"]


class EigenDecompositionCache(NamedTuple):
    """Both outputs."""

    values: Array
    vectors: Array


class EigenDecomposition(Layer):
    """Eigenvalues and eigenvectors, ``x @ vectors = vectors * values``, of the symmetric part of ``x``.

    Where eigenvalues meet the exact derivative of eigenvectors has no bound. ``gradient`` says what is done: "analytic"
    takes it as it is, "power" that of so many ``iterations`` of power iteration with deflation, begun at the
    eigenvectors themselves, "taylor" so many terms of its series. Both want eigenvalues away from 0: add ``eps * I``.

    Shapes:
        x:       (..., d, d)
        values:  (..., d), ascending
        vectors: (..., d, d), as columns, the largest entry of each positive

    Gradients:
        grad_x = vectors @ (diag(grad_values) + gaps * (vectors.T @ grad_vectors)) @ vectors.T, its symmetric part
        gaps[i, j] = 1 / (values[j] - values[i]), or its series (1 + ratio + … + ratio**(iterations - 1)) / large

    Cost: about 9·d³ multiply-adds per matrix, 4·d³ backward; keeps both outputs.

    Source: Wang, Dang, Hu, Fua & Salzmann 2019 and 2021; torch.linalg.eigh.

    Example:
        >>> EigenDecomposition().forward(np.array([[2.0, 1.0], [1.0, 2.0]]))[0].round(6).tolist()
        [1.0, 3.0]
    """

    forward_mode_gap = "the series have no second derivative written, so there is jvp but no backward_jvp"

    def __init__(self, gradient: Gradient = "analytic", iterations: Size = 20) -> None:
        self.gradient = check_choice(gradient, GRADIENTS, name="gradient", owner="EigenDecomposition")
        self.iterations = check_size(iterations, "iterations", "EigenDecomposition")

    def forward(self, x: Array) -> tuple[Array, Array]:
        check_square(x, self)
        self.cache = EigenDecompositionCache(*decompose(symmetric(x)))
        return self.cache.values, self.cache.vectors

    def backward(self, grad_out: tuple[Array | None, Array | None]) -> Array | None:
        values, vectors = self.saved()
        grad_values, grad_vectors = grad_out
        inner = np.zeros_like(vectors)
        if grad_vectors is not None:
            check_shape(grad_vectors, vectors.shape, name="grad_vectors", owner=self)
            gaps = inverse_gaps(values, self.gradient, self.iterations)
            with np.errstate(invalid="ignore"):
                inner = gaps * (vectors.swapaxes(-1, -2) @ grad_vectors)
        if grad_values is not None:
            check_shape(grad_values, values.shape, name="grad_values", owner=self)
            inner = inner + grad_values[..., None] * np.eye(values.shape[-1], dtype=values.dtype)
        if not self.needs_input_grad:
            return None
        with np.errstate(invalid="ignore"):
            return as_dtype(vectors @ symmetric(inner) @ vectors.swapaxes(-1, -2), values.dtype)

    def jvp(self, x_dot: Array | None) -> tuple[Array | None, Array | None]:
        values, vectors = self.point()
        self.tangent = ()
        if x_dot is None:
            return None, None
        inner = vectors.swapaxes(-1, -2) @ symmetric(x_dot) @ vectors
        vectors_dot = vectors @ (inverse_gaps(values, self.gradient, self.iterations) * inner)
        return np.diagonal(inner, axis1=-2, axis2=-1).copy(), vectors_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """Reduction to tridiagonal form, and rotations."""
        (x_shape,) = x_shapes
        check_square(x_shape, self)
        size, d = prod(x_shape), x_shape[-1]
        return self.description(x_shape[:-1], x_shape, multiply_adds=9 * size * d, field=None, kept=(
            Kept("y0", prod(x_shape[:-1])), Kept("y1", size)))
