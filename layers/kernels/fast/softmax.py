"""Softmax of rows while they are in the cache; in double precision in two visits, around NumPy's exponential."""

from typing import Any

import numpy as np

from ...core import Array
from ..memory import empty_like
from ..threads import in_parallel
from .exponential import exp_below
from .jit import jit, jit_without_nan

__all__ = ["softmax_rows", "softmax_rows_back"]

_BLOCK = 1 << 15        # elements at a time


def softmax_rows(x: Array) -> tuple[Array, Array, Array]:
    """See the definition."""
    y, height = empty_like(x), max(1, _BLOCK // max(1, x.shape[1]))
    total, top = np.empty((2, len(x), 1), x.dtype)

    def work(start: int, stop: int) -> None:
        if x.dtype == np.float32:
            _single(x[start:stop], y[start:stop], total[start:stop, 0], top[start:stop, 0])
            return
        for low in range(start, stop, height):
            part = slice(low, min(low + height, stop))
            _shift(x[part], top[part], y[part])
            np.exp(y[part], out=y[part])
            _normalize(y[part], total[part])

    in_parallel(work, len(x), x.size)
    return y, total, top


def softmax_rows_back(grad: Array, y: Array) -> Array:
    """See the definition."""
    result = empty_like(y)
    in_parallel(lambda start, stop: _back(grad, y, result, start, stop), len(y), y.size)
    return result


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


@jit
def _single(x: Array, y: Array, total: Array, top: Array) -> None:
    for r in range(x.shape[0]):
        row, y_row, whole = x[r], y[r], x.dtype.type(0)
        largest = _largest_number(row)
        for k in range(row.size):
            e = exp_below(row[k] - largest)
            y_row[k] = e
            whole += e
        part = x.dtype.type(1) / whole
        for k in range(row.size):
            y_row[k] *= part
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


@jit
def _back(grad: Array, y: Array, result: Array, start: int, stop: int) -> None:
    for r in range(start, stop):
        inner = y.dtype.type(0)
        for k in range(y.shape[1]):
            inner += grad[r, k] * y[r, k]
        for k in range(y.shape[1]):
            result[r, k] = y[r, k] * (grad[r, k] - inner)
