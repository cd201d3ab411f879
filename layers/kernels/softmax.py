"""Softmax of rows, and its way back; rows times a number each."""

import numpy as np

from ..core import Array
from .memory import empty_like
from .twin import compiled

__all__ = ["scaled_rows", "softmax_rows", "softmax_rows_back"]


@compiled
def softmax_rows(x: Array) -> tuple[Array, Array, Array]:
    """Return ``exp(x - top) / total``, and per row ``total``, the sum, and ``top``, without which nothing overflows.

    Shapes:
        x, y:       (R, K)
        total, top: (R, 1)
    """
    top = x.max(axis=1, keepdims=True)
    y = np.subtract(x, top, out=empty_like(x))
    np.exp(y, out=y)
    total = y.sum(axis=1, keepdims=True)
    y /= total
    return y, total, top


@compiled
def softmax_rows_back(grad: Array, y: Array) -> Array:
    """Return ``y * (grad - sum(grad * y))``, the sum over each row; the Jacobian is symmetric."""
    inner = np.einsum("rk,rk->r", grad, y)[:, None]
    result: Array = np.subtract(grad, inner, out=empty_like(y))
    result *= y
    return result


@compiled
def scaled_rows(x: Array, factor: Array) -> Array:
    """Return ``x * factor``, with one factor for each row.

    Shapes:
        x, y:   (R, K)
        factor: (R,)
    """
    result: Array = np.multiply(x, factor[:, None], out=empty_like(x))
    return result
