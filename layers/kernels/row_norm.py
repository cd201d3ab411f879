"""Rows standardised by their own mean and variance, weighted and shifted, and the way back: one visit of every row.

Shapes:
    x, y, grad:   (R, K)
    mean:         (R, 1), also ``inv_std``
    weight, bias: (K,) or None, which stand for one and zero
"""

from collections.abc import Iterator

import numpy as np

from ..core import Array
from .memory import empty_like
from .twin import compiled

__all__ = ["normalize_rows", "normalize_rows_back"]

_ROOM = 1 << 15         # elements at a time


@compiled
def normalize_rows(x: Array, weight: Array | None, bias: Array | None, eps: float,
                   centered: bool) -> tuple[Array, Array, Array]:
    """Return ``y = (x - mean) * inv_std * weight + bias``, ``mean`` and ``inv_std = 1 / sqrt(var + eps)``.

    With ``centered = False`` the mean counts as zero.
    """
    y, mean, inv_std = empty_like(x), np.zeros((len(x), 1), x.dtype), np.empty((len(x), 1), x.dtype)
    share = np.full((x.shape[1], 1), 1 / x.shape[1], x.dtype)       # a product with it is the quickest mean
    for part in _parts(x):
        if centered:
            np.matmul(x[part], share, out=mean[part])
        values = np.subtract(x[part], mean[part], out=y[part])
        var = np.einsum("rk,rk->r", values, values)[:, None] / x.shape[1]
        np.divide(1, np.sqrt(var + eps), out=inv_std[part])
        values *= inv_std[part]
        if weight is not None:
            values *= weight
        if bias is not None:
            values += bias
    return y, mean, inv_std


@compiled
def normalize_rows_back(grad: Array, x: Array, mean: Array, inv_std: Array, weight: Array | None,
                        centered: bool) -> tuple[Array, Array, Array]:
    """Return the gradients of ``x``, of ``weight`` and of ``bias``, given that of ``y``."""
    grad_x, (grad_weight, grad_bias) = empty_like(x), np.zeros((2, x.shape[1]), x.dtype)
    share = np.full((x.shape[1], 1), 1 / x.shape[1], x.dtype)
    for part in _parts(x):
        x_hat = x[part] - mean[part]
        x_hat *= inv_std[part]
        grad_weight += np.einsum("rk,rk->k", grad[part], x_hat)
        grad_bias += grad[part].sum(axis=0)
        values = grad_x[part]
        values[...] = grad[part]
        if weight is not None:
            values *= weight
        slope = np.einsum("rk,rk->r", values, x_hat)[:, None] / x.shape[1]
        if centered:
            values -= values @ share
        x_hat *= slope
        values -= x_hat
        values *= inv_std[part]
    return grad_x, grad_weight, grad_bias


def _parts(x: Array) -> Iterator[slice]:
    height = max(1, _ROOM // max(1, x.shape[1]))
    return (slice(top, top + height) for top in range(0, len(x), height))
