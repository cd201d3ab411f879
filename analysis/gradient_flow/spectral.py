"""The largest singular value of a linear map that is known by what it does to vectors, and what its adjoint does."""

import math
from collections.abc import Callable

import numpy as np

from ...layers.core import Array

__all__ = ["largest_singular_value"]

Map = Callable[[Array], Array]


def largest_singular_value(apply: Map, adjoint: Map, size: int, tolerance: float = 1e-7) -> float:
    """Return ``max ‖A v‖ / ‖v‖``, given ``v -> A v`` and ``u -> A.T u`` for flat vectors, ``v`` of so many numbers.

    The power method on ``A.T A`` that forgets nothing: A is seen in the space of all its iterates, where it is a
    matrix of two diagonals, ``A V = U B``, and the largest singular value of B is that of A as soon as the residual
    ``‖A.T u - sigma v‖`` is below ``tolerance`` of it; that is an upper bound of the error.

    Infinite where numbers overflow, or are none, on the way.

    Cost: an ``apply`` and an ``adjoint`` for each step, mostly 10 to 40; ``size`` steps at most.

    Source: Golub & Kahan 1965; Golub & Van Loan 2013, section 10.4.

    Example:
        >>> from chainrule.analysis.gradient_flow import largest_singular_value
        >>> a = np.array([[3.0, 0.0], [4.0, 0.0]])
        >>> round(largest_singular_value(lambda v: a @ v, lambda u: a.T @ u, 2), 6)
        5.0
    """
    v = np.random.default_rng(0).standard_normal(size)
    right: list[Array] = [v / np.linalg.norm(v)]
    left: list[Array] = []
    diagonal: list[float] = []
    beside: list[float] = []
    largest, scale = 0.0, 1.0
    while len(left) < size:
        u = _orthogonal(apply(right[-1]), left)
        length = float(np.linalg.norm(u))
        if not math.isfinite(length):
            return math.inf
        if length <= 1e-14 * largest:       # A has no more rows: what it makes of the last vector is known already
            if left:
                bands = np.diag(diagonal) + np.diag(beside[:-1], 1)
                wide = np.column_stack([bands, beside[-1] * np.eye(len(left))[-1]])
                largest = float(np.linalg.norm(wide / scale, 2)) * scale
            break
        left.append(u / length)
        diagonal.append(length)
        v = _orthogonal(adjoint(left[-1]), right)
        beside.append(float(np.linalg.norm(v)))
        scale = max(diagonal)       # products of many small Jacobians would vanish when they are squared
        vectors, values, _ = np.linalg.svd((np.diag(diagonal) + np.diag(beside[:-1], 1)) / scale)
        largest = float(values[0]) * scale
        if beside[-1] * abs(vectors[-1, 0]) <= tolerance * largest:
            break
        right.append(v / beside[-1])
    return largest


def _orthogonal(vector: Array, basis: list[Array]) -> Array:
    """Return what of a vector is new to an orthonormal basis; twice is enough (Kahan)."""
    if basis:
        known = np.array(basis)
        for _ in range(2):
            vector = vector - known.T @ (known @ vector)
    return vector
