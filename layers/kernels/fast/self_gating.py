"""S-shaped functions and the gates made from them, in one pass each; double precision is left to the definitions."""

from collections.abc import Callable

import numpy as np

from ...core import Array, as_dtype
from .. import self_gating
from ..memory import empty_like
from ..self_gating import BEND, NORMAL, RATE
from ..threads import shares
from .exponential import exp_below, sigmoid_of
from .jit import inlined, shared

__all__ = ["self_gated", "self_gated_back", "sigmoid"]

_WORK = 8               # so many times that of an addition
_ZERO, _ONE, _TWO, _HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)
_RATE, _BEND, _BEND_SLOPE, _HEIGHT = np.array([2 * RATE, BEND, 3 * BEND, RATE / 2], np.float32)
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9 = np.array(NORMAL, np.float32)


def sigmoid(x: Array, out: Array | None = None) -> Array:
    """See the definition."""
    if x.dtype != np.float32 or (out is not None and not out.flags.c_contiguous):
        return self_gating.sigmoid.definition(x, out)
    return _run(_sigmoid, x, out=out)


def self_gated(x: Array, gate: str) -> Array:
    """See the definition."""
    return _run(_FORWARD[gate], x) if x.dtype == np.float32 else self_gating.self_gated.definition(x, gate)


def self_gated_back(v: Array, x: Array, gate: str) -> Array:
    """See the definition."""
    if x.dtype != np.float32:
        return self_gating.self_gated_back.definition(v, x, gate)
    return _run(_BACK[gate], x, as_dtype(v, x.dtype))


def _run(loop: Callable[..., None], *arrays: Array, out: Array | None = None) -> Array:
    y = empty_like(arrays[0]) if out is None else out
    flat = (np.ascontiguousarray(array).reshape(-1) for array in arrays)
    loop(shares(y.size, y.size * _WORK), *flat, y.reshape(-1))
    return y


@inlined
def _shares(x: np.float32) -> tuple[np.float32, np.float32]:
    e = exp_below(-abs(x))
    return (e, _ONE) if x < _ZERO else (_ONE, e)


@inlined
def _phi(x: np.float32, e: np.float32) -> np.float32:
    t = _ONE / (_ONE + _C0 * abs(x))
    tail = e * t * (_C1 + t * (_C2 + t * (_C3 + t * (_C4 + t * (_C5 + t * (
        _C6 + t * (_C7 + t * (_C8 + t * _C9))))))))
    return np.float32(tail if x < _ZERO else _ONE - tail)


@shared
def _sigmoid(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y = x[start:stop], y[start:stop]
    for i in range(x.size):     # from 0: the compiler then knows that no index is negative
        y[i] = sigmoid_of(x[i])


@shared
def _logistic(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y = x[start:stop], y[start:stop]
    for i in range(x.size):
        up, down = _shares(x[i])
        y[i] = x[i] * up / (up + down)


@shared
def _logistic_back(part: int, start: int, stop: int, x: Array, v: Array, y: Array) -> None:
    x, v, y = x[start:stop], v[start:stop], y[start:stop]
    for i in range(x.size):
        up, down = _shares(x[i])
        portion = _ONE / (up + down)
        y[i] = v[i] * up * portion * (_ONE + x[i] * down * portion)


@shared
def _normal(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y = x[start:stop], y[start:stop]
    for i in range(x.size):
        y[i] = x[i] * _phi(x[i], exp_below(-_HALF * x[i] * x[i]))


@shared
def _normal_back(part: int, start: int, stop: int, x: Array, v: Array, y: Array) -> None:
    x, v, y = x[start:stop], v[start:stop], y[start:stop]
    for i in range(x.size):
        e = exp_below(-_HALF * x[i] * x[i])
        y[i] = v[i] * (_phi(x[i], e) + x[i] * e * _HEIGHT)


@shared
def _tanh(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y = x[start:stop], y[start:stop]
    for i in range(x.size):
        up, down = _shares(_RATE * x[i] * (_ONE + _BEND * x[i] * x[i]))
        y[i] = x[i] * up / (up + down)


@shared
def _tanh_back(part: int, start: int, stop: int, x: Array, v: Array, y: Array) -> None:
    x, v, y = x[start:stop], v[start:stop], y[start:stop]
    for i in range(x.size):
        square = x[i] * x[i]
        up, down = _shares(_RATE * x[i] * (_ONE + _BEND * square))
        portion = _ONE / (up + down)
        y[i] = v[i] * up * portion * (_ONE + x[i] * down * portion * (_RATE * (_ONE + _BEND_SLOPE * square)))


@shared
def _softplus(part: int, start: int, stop: int, x: Array, y: Array) -> None:
    x, y = x[start:stop], y[start:stop]
    for i in range(x.size):
        up, down = _shares(x[i])
        above = up * (up + _TWO * down)
        y[i] = x[i] * above / (above + _TWO * down * down)


@shared
def _softplus_back(part: int, start: int, stop: int, x: Array, v: Array, y: Array) -> None:
    x, v, y = x[start:stop], v[start:stop], y[start:stop]
    for i in range(x.size):
        up, down = _shares(x[i])
        above, below = up * (up + _TWO * down), _TWO * down * down
        portion = _ONE / (above + below)
        value = above * portion
        y[i] = v[i] * (value + x[i] * below * portion * (_ONE + value) * up / (up + down))


_FORWARD = {"logistic": _logistic, "normal": _normal, "tanh": _tanh, "softplus": _softplus}
_BACK = {"logistic": _logistic_back, "normal": _normal_back, "tanh": _tanh_back, "softplus": _softplus_back}
