"""S-shaped functions, and inputs multiplied by a gate made from them: what GELU, SiLU and Mish are.

Exponentials are taken of numbers that are not positive: nothing overflows, and what is left of a gate far below zero
keeps its digits. The work goes through the cache part by part.
"""

import math
from collections.abc import Callable

import numpy as np

from ..core import Array, as_dtype
from ..core.optional import scipy
from .memory import empty_like
from .twin import compiled

__all__ = ["BEND", "NORMAL", "RATE", "self_gated", "self_gated_back", "sigmoid"]

RATE, BEND = math.sqrt(2 / math.pi), 0.044715
# Phi(-a) = exp(-a²/2) * (t * c[1] + t² * c[2] + …), t = 1 / (1 + c[0] * a): the form of Hastings 1955 (Abramowitz &
# Stegun 7.1.26) with nine terms, fitted for the smallest relative error, 2.4e-8.
NORMAL = (0.27, 0.107720657, 0.107542875, 0.101810604, 0.072049628, 0.107825592, -0.0692107173, 0.169786122,
          -0.126485846, 0.0289610981)
_ROOM = 1 << 13         # elements at a time


@compiled
def sigmoid(x: Array, out: Array | None = None) -> Array:
    """Return ``1 / (1 + exp(-x))``, written into ``out`` if given, which may be ``x``."""
    y = np.negative(x, out=empty_like(x) if out is None else out)
    with np.errstate(over="ignore", under="ignore"):        # exp(-x) is infinite where the value is zero
        np.exp(y, out=y)
    y += 1
    return np.divide(1, y, out=y)


@compiled
def self_gated(x: Array, gate: str) -> Array:
    """Return ``x * gate(x)``.

    ``gate`` is "logistic", the sigmoid; "normal", the normal distribution function Phi, in single precision to within
    some 1 + x²/2 roundings; "tanh", ``(1 + tanh(u)) / 2`` with ``u = RATE * x * (1 + BEND * x²)``, which is nearly
    Phi; or "softplus", ``tanh(log(1 + exp(x)))``.
    """
    return _in_parts(lambda part: part * _GATES[gate](part)[0], x)


@compiled
def self_gated_back(v: Array, x: Array, gate: str) -> Array:
    """Return ``v * (gate(x) + x * gate'(x))``: the derivative of ``self_gated``, times ``v``."""
    def back(part: Array, x_part: Array) -> Array:
        value, rise = _GATES[gate](x_part)
        rise *= x_part
        rise += value
        rise *= part
        return rise
    return _in_parts(back, as_dtype(v, x.dtype), x)


def _in_parts(function: Callable[..., Array], *arrays: Array) -> Array:
    """Return what a function gives for every element of arrays of one shape and dtype."""
    y = empty_like(arrays[0])
    flat, flat_y = [np.ascontiguousarray(array).reshape(-1) for array in arrays], y.reshape(-1)
    with np.errstate(over="ignore", under="ignore"):
        for low in range(0, y.size, _ROOM):
            flat_y[low:low + _ROOM] = function(*(array[low:low + _ROOM] for array in flat))
    return y


def _shares(x: Array) -> tuple[Array, Array]:
    """Return two numbers of which the larger is one, and whose ratio is ``exp(x)``."""
    zeros = np.zeros_like(x)                    # an array and a number are a slower pair
    return np.exp(np.minimum(x, zeros)), np.exp(-np.maximum(x, zeros))


def _logistic(x: Array) -> tuple[Array, Array]:
    up, down = _shares(x)
    whole = up + down
    value = up / whole
    return value, value * down / whole


def _normal(x: Array) -> tuple[Array, Array]:
    density = np.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))
    if x.dtype != np.float32:
        return np.asarray(scipy.special.ndtr(x)), density
    rate, *terms = NORMAL
    t = 1 / (1 + rate * np.abs(x))
    tail = terms[-1] * t
    for term in reversed(terms[:-1]):
        tail += term
        tail *= t
    tail *= density
    tail *= math.sqrt(2 * math.pi)
    tail += (x > 0) * (1 - 2 * tail)            # 1 - tail; np.where takes as long as all the rest
    return tail, density


def _tanh(x: Array) -> tuple[Array, Array]:
    square = x * x
    value, rise = _logistic(2 * RATE * x * (1 + BEND * square))
    return value, rise * (2 * RATE * (1 + 3 * BEND * square))


def _softplus(x: Array) -> tuple[Array, Array]:
    up, down = _shares(x)
    above, below = up * (up + 2 * down), 2 * down * down        # tanh(log(1 + r)) = (r² + 2r) / (r² + 2r + 2)
    whole = above + below
    value = above / whole
    return value, below / whole * (1 + value) * up / (up + down)


_GATES: dict[str, Callable[[Array], tuple[Array, Array]]] = {
    "logistic": _logistic, "normal": _normal, "tanh": _tanh, "softplus": _softplus}
