"""Softmax of rows in two visits of the cache, around NumPy's exponential."""

import numpy as np

from ...core import Array
from ..memory import empty_like
from ..threads import in_parallel
from .jit import jit

__all__ = ["softmax_rows", "softmax_rows_back"]

_BLOCK = 1 << 15        # elements at a time


def softmax_rows(x: Array) -> tuple[Array, Array, Array]:
    """See the definition."""
    y, height = empty_like(x), max(1, _BLOCK // max(1, x.shape[1]))
    total, top = np.empty((2, len(x), 1), x.dtype)

    def work(start: int, stop: int) -> None:
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


@jit
def _shift(x: Array, top: Array, y: Array) -> None:
    for r in range(x.shape[0]):
        largest = x[r, 0]
        for k in range(x.shape[1]):
            largest = max(largest, x[r, k]) if x[r, k] == x[r, k] else x[r, k]      # NaN stays
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
