"""Softmax of rows while they are in the cache; in double precision in two visits, around NumPy's exponential."""

from typing import Any

import numpy as np

from ...core import Array, as_dtype
from ..memory import empty_like
from ..threads import shares
from .exponential import exp_below
from .jit import jit, jit_without_nan, shared

__all__ = ["scaled_rows", "softmax_rows", "softmax_rows_back"]

_BLOCK = 1 << 15        # elements at a time
_WORK = 4               # so many times that of an addition


def softmax_rows(x: Array) -> tuple[Array, Array, Array]:
    """See the definition."""
    y, height = empty_like(x), max(1, _BLOCK // max(1, x.shape[1]))
    total, top = np.empty((2, len(x), 1), x.dtype)
    if x.dtype == np.float32:
        _single(shares(len(x), x.size * _WORK), x, y, total[:, 0], top[:, 0])
        return y, total, top
    for low in range(0, len(x), height):
        part = slice(low, low + height)
        _shift(x[part], top[part], y[part])
        np.exp(y[part], out=y[part])
        _normalize(y[part], total[part])
    return y, total, top


def softmax_rows_back(grad: Array, y: Array) -> Array:
    """See the definition."""
    result = empty_like(y)
    _back(shares(len(y), y.size), grad, y, result)
    return result


def scaled_rows(x: Array, factor: Array) -> Array:
    """See the definition."""
    y = empty_like(x)
    _scale(shares(len(x), x.size), x, as_dtype(factor, x.dtype), y)
    return y


@jit_without_nan
def _largest_number(row: Array) -> Any:
    largest = row[0]
    for k in range(row.size):
        largest = max(largest, row[k])
    return largest


@jit
def _largest(row: Array) -> Any:
    largest = row[0]
    for k in range(row.size):
        largest = max(largest, row[k]) if row[k] == row[k] else row[k]      # NaN stays
    return largest


@shared
def _single(part: int, start: int, stop: int, x: Array, y: Array, total: Array, top: Array) -> None:
    for r in range(start, stop):
        row, y_row, whole = x[r], y[r], x.dtype.type(0)
        largest = _largest_number(row)
        for k in range(row.size):
            y_row[k] = exp_below(row[k] - largest)
        for k in range(row.size):
            whole += y_row[k]
        portion = x.dtype.type(1) / whole
        for k in range(row.size):
            y_row[k] *= portion
        total[r], top[r] = whole, largest if whole == whole else _largest(row)


@jit
def _shift(x: Array, top: Array, y: Array) -> None:
    for r in range(x.shape[0]):
        largest = _largest(x[r])
        top[r, 0] = largest
        for k in range(x.shape[1]):
            y[r, k] = x[r, k] - largest


@jit
def _normalize(y: Array, total: Array) -> None:
    for r in range(y.shape[0]):
        whole = y.dtype.type(0)
        for k in range(y.shape[1]):
            whole += y[r, k]
        total[r, 0] = whole
        for k in range(y.shape[1]):
            y[r, k] /= whole


@shared
def _back(part: int, start: int, stop: int, grad: Array, y: Array, result: Array) -> None:
    for r in range(start, stop):
        inner = y.dtype.type(0)
        for k in range(y.shape[1]):
            inner += grad[r, k] * y[r, k]
        for k in range(y.shape[1]):
            result[r, k] = y[r, k] * (grad[r, k] - inner)


@shared
def _scale(part: int, start: int, stop: int, x: Array, factor: Array, y: Array) -> None:
    for r in range(start, stop):
        for k in range(x.shape[1]):
            y[r, k] = x[r, k] * factor[r]
