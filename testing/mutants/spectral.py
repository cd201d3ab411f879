"""Wrong backwards of layers that take symmetric matrices apart."""

from typing import Any

import numpy as np

from ...layers import Cholesky, EigenDecomposition, MatrixSquareRoot, PCADenoising, ZCAWhitening
from ...layers.core import Array
from ...layers.spectral.inverse_gaps import inverse_gaps
from .mutant import Subject

__all__ = ["SUBJECTS"]


def _definite() -> tuple[Array]:
    tall = np.random.default_rng(0).normal(size=(2, 3, 4))
    return (tall @ tall.swapaxes(1, 2) + 0.1 * np.eye(3),)


eigen = Subject(EigenDecomposition, EigenDecomposition, _definite)
whitening = Subject(ZCAWhitening, lambda: ZCAWhitening(4, 2, eps=0.1), ((7, 4),))
denoising = Subject(PCADenoising, lambda: PCADenoising(3, components=2), ((7, 3),))
cholesky = Subject(Cholesky, Cholesky, _definite)
root = Subject(MatrixSquareRoot, lambda: MatrixSquareRoot(4), _definite)

SUBJECTS = (eigen, whitening, denoising, cholesky, root)


def _turned(self: EigenDecomposition, inner: Array) -> Array:
    values, vectors = self.saved()
    whole = np.asarray(vectors @ inner @ vectors.swapaxes(-1, -2), values.dtype)
    return np.asarray((whole + whole.swapaxes(-1, -2)) / 2)


def _inner(self: EigenDecomposition, grad_out: Any, sign: float = 1.0) -> tuple[Array, Array]:
    """Return what the gradients of vectors and of values come to between the eigenvectors."""
    values, vectors = self.saved()
    grad_values, grad_vectors = grad_out
    bent = np.zeros_like(vectors) if grad_vectors is None else (
        sign * inverse_gaps(values, "analytic", 1) * (vectors.swapaxes(-1, -2) @ grad_vectors))
    straight = np.zeros_like(vectors) if grad_values is None else grad_values[..., None] * np.eye(values.shape[-1])
    return bent, straight


@eigen.wrong("sign")
def gaps_the_wrong_way_round(self: EigenDecomposition, grad_out: Any) -> Any:
    """The difference of the eigenvalues is taken of row less column, where the derivation has column less row."""
    return _turned(self, np.add(*_inner(self, grad_out, -1.0))) if self.needs_input_grad else None


@eigen.wrong("path")
def eigenvectors_taken_for_constants(self: EigenDecomposition, grad_out: Any) -> Any:
    """Only the eigenvalues carry the gradient on."""
    return _turned(self, _inner(self, grad_out)[1]) if self.needs_input_grad else None


@eigen.wrong("path")
def gradient_of_eigenvalues_forgotten(self: EigenDecomposition, grad_out: Any) -> Any:
    """The diagonal stays empty, so that the eigenvalues carry nothing."""
    return _turned(self, _inner(self, grad_out)[0]) if self.needs_input_grad else None


@whitening.wrong("path", method="_covariance_path")
def matrix_taken_for_a_constant(self: ZCAWhitening, moved: Array, centred: Array) -> Array:
    """The whitening matrix is that of the batch itself, and moves with it; here it stays."""
    return np.zeros((self.num_groups, self.width, self.width), centred.dtype)


@whitening.wrong("factor", method="_covariance_path")
def one_factor_of_the_covariance_forgotten(self: ZCAWhitening, moved: Array, centred: Array) -> Array:
    """The covariance holds the channels twice; the gradient is that of one of them."""
    return ZCAWhitening._covariance_path(self, moved, centred) / 2


@whitening.wrong("formula", method="divided")
def only_the_diagonal_of_the_bend(self: ZCAWhitening, values: Array) -> Array:
    """Eigenvalues move the matrix, but eigenvectors do not turn, as if it were diagonal."""
    return np.zeros((*values.shape, values.shape[-1]), values.dtype)


@whitening.wrong("mode")
def statistics_of_evaluation_differentiated(self: ZCAWhitening, grad_out: Array) -> Any:
    """In evaluation the mean is a constant; here the gradient is centred all the same."""
    grad_x = ZCAWhitening.backward(self, grad_out)
    return None if grad_x is None else np.asarray(
        grad_x - grad_x.mean(axis=(0, *range(2, grad_x.ndim)), keepdims=True), grad_x.dtype)


@denoising.wrong("path", method="_covariance_path")
def projection_taken_for_a_constant(self: PCADenoising, moved: Array, centred: Array) -> Array:
    """The projection is that of the batch itself, and turns with it; here it stays."""
    return np.zeros((self.num_groups, self.width, self.width), centred.dtype)


@denoising.wrong("path", method="_weighted")
def weight_left_out_on_the_way_back(self: PCADenoising, values: Array) -> Array:
    """The gradient goes on as if nothing had multiplied the projected channels."""
    return values


@denoising.wrong("sign", method="divided")
def gap_without_its_sign(self: PCADenoising, values: Array) -> Array:
    """The magnitude of the gap stands where the step from left out to kept has a sign as well."""
    return -np.asarray(PCADenoising.divided(self, values))


@cholesky.wrong("factor")
def diagonal_not_halved(self: Cholesky, grad_out: Array) -> Any:
    """The diagonal of the inner triangle counts twice where the symmetric part is taken."""
    lower = self.saved()
    inverse = np.linalg.inv(lower)
    whole = inverse.swapaxes(-1, -2) @ np.tril(lower.swapaxes(-1, -2) @ grad_out) @ inverse
    return np.asarray(whole + whole.swapaxes(-1, -2), lower.dtype) / 2 if self.needs_input_grad else None


@cholesky.wrong("order")
def triangle_not_cut(self: Cholesky, grad_out: Array) -> Any:
    """What lies above the diagonal has no influence on the factor, but is let through."""
    lower = self.saved()
    inverse = np.linalg.inv(lower)
    whole = inverse.swapaxes(-1, -2) @ (lower.swapaxes(-1, -2) @ grad_out) @ inverse / 2
    return np.asarray(whole + whole.swapaxes(-1, -2), lower.dtype) / 2 if self.needs_input_grad else None


@root.wrong("path")
def norm_taken_for_a_constant(self: MatrixSquareRoot, grad_out: Array) -> Any:
    """The input was divided by its own norm, which moves too: the part along the input is missing."""
    grad_x = MatrixSquareRoot.backward(self, grad_out)
    x = self.saved().x
    along = np.zeros_like(x) if grad_x is None else (grad_x * x).sum(axis=(-2, -1), keepdims=True) * x
    return None if grad_x is None else np.asarray(grad_x - along / (x * x).sum(axis=(-2, -1), keepdims=True))


@root.wrong("cache")
def last_iterate_for_all(self: MatrixSquareRoot, grad_out: Array) -> Any:
    """Every step back is taken at the last iterate, where each has its own."""
    cache = self.saved()
    self.cache = cache._replace(roots=np.broadcast_to(cache.roots[-1], cache.roots.shape),
                                inverses=np.broadcast_to(cache.inverses[-1], cache.inverses.shape))
    grad_x = MatrixSquareRoot.backward(self, grad_out)
    self.cache = cache
    return grad_x
