"""Rows standardised while they are in the nearest cache."""

import math

import numpy as np

from ...core import Array, as_dtype
from ..memory import empty_like
from ..threads import in_parallel
from .jit import jit

__all__ = ["normalize_rows", "normalize_rows_back"]

_WORK = 4               # so many times that of an addition


def normalize_rows(x: Array, weight: Array | None, bias: Array | None, eps: float,
                   centered: bool) -> tuple[Array, Array, Array]:
    """See the definition."""
    x, y = np.ascontiguousarray(x), empty_like(x)
    mean, inv_std = np.empty((len(x), 1), x.dtype), np.empty((len(x), 1), x.dtype)

    def work(start: int, stop: int) -> None:
        part = slice(start, stop)
        _normalize(x[part], weight, bias, eps, centered, y[part], mean[part, 0], inv_std[part, 0])

    in_parallel(work, len(x), x.size * _WORK)
    return y, mean, inv_std


def normalize_rows_back(grad: Array, x: Array, mean: Array, inv_std: Array, weight: Array | None,
                        centered: bool) -> tuple[Array, Array, Array]:
    """See the definition."""
    grad, x = np.ascontiguousarray(as_dtype(grad, x.dtype)), np.ascontiguousarray(x)
    grad_x = empty_like(x)
    sums: dict[int, Array] = {}

    def work(start: int, stop: int) -> None:
        part, sums[start] = slice(start, stop), np.zeros((2, x.shape[1]), x.dtype)
        _normalize_back(grad[part], x[part], mean[part, 0], inv_std[part, 0], weight, centered, grad_x[part],
                        *sums[start])

    in_parallel(work, len(x), x.size * _WORK)
    grad_weight, grad_bias = np.sum([sums[start] for start in sorted(sums)], axis=0)    # whoever was first
    return grad_x, grad_weight, grad_bias


@jit
def _normalize(x: Array, weight: Array | None, bias: Array | None, eps: float, centered: bool, y: Array, mean: Array,
               inv_std: Array) -> None:
    n, zero = x.dtype.type, x.dtype.type(0)
    for r in range(x.shape[0]):
        row, y_row, middle, square = x[r], y[r], zero, zero
        if centered:
            for k in range(row.size):
                middle += row[k]
            middle /= n(row.size)
        for k in range(row.size):
            square += (row[k] - middle) * (row[k] - middle)
        scale = n(1 / math.sqrt(square / n(row.size) + eps))
        mean[r], inv_std[r] = middle, scale
        for k in range(row.size):
            value = (row[k] - middle) * scale
            if weight is not None:
                value *= weight[k]
            if bias is not None:
                value += bias[k]
            y_row[k] = value


@jit
def _normalize_back(grad: Array, x: Array, mean: Array, inv_std: Array, weight: Array | None, centered: bool,
                    grad_x: Array, grad_weight: Array, grad_bias: Array) -> None:
    n, zero = x.dtype.type, x.dtype.type(0)
    for r in range(x.shape[0]):
        row, grad_row, result, middle, scale = x[r], grad[r], grad_x[r], mean[r], inv_std[r]
        level, slope = zero, zero
        for k in range(row.size):
            value, x_hat = grad_row[k], (row[k] - middle) * scale
            grad_weight[k] += value * x_hat
            grad_bias[k] += value
            if weight is not None:
                value *= weight[k]
            result[k] = value
            level += value
            slope += value * x_hat
        level = level / n(row.size) if centered else zero
        slope *= scale / n(row.size)
        for k in range(row.size):
            result[k] = (result[k] - level - (row[k] - middle) * slope) * scale
