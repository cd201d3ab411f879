"""How far eigenvectors turn towards each other when their matrix moves: one over the gap of their eigenvalues."""

from typing import Annotated

import numpy as np

from ..core import Array, OneOf

__all__ = ["GRADIENTS", "Gradient", "SpectralGradient", "decompose", "inverse_gaps"]

GRADIENTS = ("analytic", "power", "taylor")
Gradient = Annotated[str, OneOf(*GRADIENTS)]
SpectralGradient = Annotated[str, OneOf("spectral", *GRADIENTS)]


def decompose(x: Array) -> tuple[Array, Array]:
    """Return eigenvalues, ascending, and eigenvectors, as columns, of symmetric matrices.

    An eigenvector may be turned round; of both, that is returned whose largest entry is positive.
    """
    values, vectors = np.linalg.eigh(x)
    finite = np.isfinite(x).all(axis=(-2, -1))
    values[~finite], vectors[~finite] = np.nan, np.nan      # LAPACK passes over NaN in large matrices
    largest = np.abs(vectors).argmax(axis=-2)[..., None, :]
    return values, vectors * np.where(np.take_along_axis(vectors, largest, axis=-2) < 0, -1, 1).astype(x.dtype)


def inverse_gaps(values: Array, gradient: str, iterations: int) -> Array:
    """Return ``gaps``; eigenvectors move as ``vectors_dot = vectors @ (gaps * (vectors.T @ x_dot @ vectors))``.

    analytic: ``gaps[i, j] = 1 / (values[j] - values[i])``, without bound where eigenvalues meet. In the two others the
    larger eigenvalue of the pair comes first, and ``1 / (large - small) = (1 + ratio + ratio**2 + …) / large`` with
    ``ratio = small / large`` ends after some terms, so that no entry exceeds ``iterations / |large|``.

    power: what so many steps of power iteration, begun at the eigenvectors themselves, and deflation give: all terms
    for the eigenvector that is found first, all but one for the other. taylor: all terms for both.

    Shapes:
        values: (..., d)
        gaps:   (..., d, d), zero on the diagonal

    Source: Wang, Dang, Hu, Fua & Salzmann 2019 (power), 2021 (taylor).
    """
    column, row = values[..., None, :], values[..., :, None]
    own = np.eye(values.shape[-1], dtype=bool)
    if gradient == "analytic":
        with np.errstate(divide="ignore"):
            return np.where(own, 0, 1 / np.where(own, 1, column - row))
    rank = np.abs(values).argsort(axis=-1, kind="stable").argsort(axis=-1)
    column_first = rank[..., None, :] > rank[..., :, None]
    large, small = np.where(column_first, column, row), np.where(column_first, row, column)
    with np.errstate(divide="ignore", invalid="ignore"):        # a matrix without rank has no bound to be kept
        ratio = small / large
        all_but_one = np.zeros_like(ratio)
        for _ in range(iterations - 1):
            all_but_one = 1 + ratio * all_but_one
        terms = 1 + ratio * all_but_one
        if gradient == "power":
            terms = np.where(column_first, terms, all_but_one)
        return np.where(own, 0, np.where(column_first, terms, -terms) / large)
