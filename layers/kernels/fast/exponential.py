"""Exponentials of single-precision numbers that are not positive, and what is made of them, in compiled loops."""

import numpy as np

from .jit import inlined

__all__ = ["exp_below", "sigmoid_of", "tanh_of"]

_LEAST, _ZERO, _ONE, _HALF, _TWO = np.float32(-87.3), np.float32(0), np.float32(1), np.float32(0.5), np.float32(2)
_LOG2_E, _LOG_2 = np.float32(1 / np.log(2)), np.float32(np.log(2))
_BIAS, _SHIFT = np.int32(127), np.int32(23)         # of the exponent in a single-precision number
# exp(r) = 1 + r + r² * (c2 + r * c3 + …) for abs(r) <= log(2) / 2, fitted to a relative error of 3e-9
_C2, _C3, _C4, _C5, _C6 = np.array([0.499999934, 0.166665201, 0.0416683942, 0.00836878042, 0.00138144668], np.float32)


@inlined
def exp_below(x: np.float32) -> np.float32:
    """Return ``exp(x)`` for ``x <= 0``, as ``2^n * exp(r)`` with ``x = n * log(2) + r``; nothing less than 1e-38."""
    n = np.int32(x * _LOG2_E - _HALF)
    r = x - np.float32(n) * _LOG_2
    e = (_ONE + (r + r * r * (_C2 + r * (_C3 + r * (_C4 + r * (_C5 + r * _C6)))))) * \
        np.int32((n + _BIAS) << _SHIFT).view(np.float32)
    return _ZERO if x < _LEAST else e


@inlined
def sigmoid_of(x: np.float32) -> np.float32:
    """Return ``1 / (1 + exp(-x))``."""
    e = exp_below(-abs(x))
    return np.float32((e if x < _ZERO else _ONE) / (_ONE + e))


@inlined
def tanh_of(x: np.float32) -> np.float32:
    """Return ``tanh(x)``: its size is ``-d / (2 + d)``, where ``d = exp(-2 * abs(x)) - 1`` loses no digits."""
    t = -_TWO * abs(x)
    n = np.int32(t * _LOG2_E - _HALF)
    r = t - np.float32(n) * _LOG_2
    scale = np.int32((n + _BIAS) << _SHIFT).view(np.float32)
    d = scale * (r + r * r * (_C2 + r * (_C3 + r * (_C4 + r * (_C5 + r * _C6))))) + (scale - _ONE)
    size = _ONE if t < _LEAST else -d / (_TWO + d)
    return np.float32(-size if x < _ZERO else size)
