"""Rows standardised while they are in the nearest cache."""

import math

import numpy as np

from ...core import Array, as_dtype
from ..memory import empty_like
from ..threads import shares
from .jit import shared

__all__ = ["normalize_rows", "normalize_rows_back"]

_WORK = 4               # so many times that of an addition


def normalize_rows(x: Array, weight: Array | None, bias: Array | None, eps: float,
                   centered: bool) -> tuple[Array, Array, Array]:
    """See the definition."""
    x, y = np.ascontiguousarray(x), empty_like(x)
    mean, inv_std = np.empty((len(x), 1), x.dtype), np.empty((len(x), 1), x.dtype)
    edges = shares(len(x), x.size * _WORK)
    _normalize(edges, x, weight, bias, eps, centered, y, mean[:, 0], inv_std[:, 0])
    return y, mean, inv_std


def normalize_rows_back(grad: Array, x: Array, mean: Array, inv_std: Array, weight: Array | None,
                        centered: bool) -> tuple[Array, Array, Array]:
    """See the definition."""
    grad, x = np.ascontiguousarray(as_dtype(grad, x.dtype)), np.ascontiguousarray(x)
    grad_x = empty_like(x)
    edges = shares(len(x), x.size * _WORK)
    sums = np.zeros((len(edges) - 1, 2, x.shape[1]), x.dtype)
    _normalize_back(edges, grad, x, mean[:, 0], inv_std[:, 0], weight, centered, grad_x, sums)
    grad_weight, grad_bias = sums.sum(axis=0)
    return grad_x, grad_weight, grad_bias


@shared
def _normalize(part: int, start: int, stop: int, x: Array, weight: Array | None, bias: Array | None, eps: float,
               centered: bool, y: Array, mean: Array, inv_std: Array) -> None:
    n, zero = x.dtype.type, x.dtype.type(0)
    for r in range(start, stop):
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


@shared
def _normalize_back(part: int, start: int, stop: int, grad: Array, x: Array, mean: Array, inv_std: Array,
                    weight: Array | None, centered: bool, grad_x: Array, sums: Array) -> None:
    grad_weight, grad_bias = sums[part, 0], sums[part, 1]
    n, zero = x.dtype.type, x.dtype.type(0)
    for r in range(start, stop):
        row, grad_row, result, middle, scale = x[r], grad[r], grad_x[r], mean[r], inv_std[r]
        level, slope = zero, zero
        for k in range(row.size):
            value, x_hat = grad_row[k], (row[k] - middle) * scale
            grad_weight[k] += value * x_hat
            grad_bias[k] += value
            if weight is not None:
                value *= weight[k]
            result[k] = value
        for k in range(row.size):
            level += result[k]
            slope += result[k] * ((row[k] - middle) * scale)
        level = level / n(row.size) if centered else zero
        slope *= scale / n(row.size)
        for k in range(row.size):
            result[k] = (result[k] - level - (row[k] - middle) * slope) * scale
