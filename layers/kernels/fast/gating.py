"""The rectifier and its gate, line by line through the vector unit."""

import numpy as np

from ...core import Array
from .. import gating
from ..memory import empty_like
from ..threads import shares
from .jit import shared

__all__ = ["gate", "rectify"]

_DTYPES = (np.float32, np.float64)


def rectify(x: Array) -> Array:
    """See the definition."""
    if not x.flags.c_contiguous or x.dtype not in _DTYPES:
        return gating.rectify.definition(x)
    y = empty_like(x)
    _rectify(shares(x.size, x.size), x.reshape(-1), y.reshape(-1))
    return y


def gate(v: Array, is_open: Array) -> Array:
    """See the definition."""
    if not (v.flags.c_contiguous and is_open.flags.c_contiguous and v.shape == is_open.shape and v.dtype in _DTYPES):
        return gating.gate.definition(v, is_open)
    result = empty_like(v)
    _gate(shares(v.size, v.size), v.reshape(-1), is_open.reshape(-1), result.reshape(-1))
    return result


@shared
def _rectify(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y, zero = x[start:stop], y[start:stop], x.dtype.type(0)
    for i in range(x.size):
        y[i] = zero if x[i] < zero else x[i]        # NaN stays


@shared
def _gate(part: int, start: int, stop: int, v: Array, is_open: Array, result: Array) -> None:
    v, is_open, result, zero = v[start:stop], is_open[start:stop], result[start:stop], v.dtype.type(0)
    for i in range(v.size):
        result[i] = v[i] if is_open[i] else zero
