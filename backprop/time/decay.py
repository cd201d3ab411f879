"""How fast the gradient fades with the lag, and how many steps back must be kept for a tolerated relative bias."""

from typing import NamedTuple

import numpy as np

from ...layers.core import Array, ValueRangeError, check_range

__all__ = ["Decay", "estimate_decay"]

SMALLEST = -50.0        # logarithms below say nothing about a decay: the number has vanished into rounding


class Decay(NamedTuple):
    """Lengths of gradients by lag, and what they say of truncation after K = 0, 1, … lags.

    Attributes:
        rate:  the factor by which the gradient fades from lag to lag
        error: a bound of what truncation after K lags cuts off
        bias:  that bound relative to the gradient that is left; infinite where none is known to be left
    """

    rate: float
    error: Array
    bias: Array

    def truncation(self, tolerance: float, least: int = 1, most: int | None = None) -> int:
        """Return the smallest K with a relative bias below ``tolerance``; ``most`` if there is none."""
        check_range(tolerance, 0, 1, name="tolerance", owner="truncation", open_low=True)
        most = len(self.bias) - 1 if most is None else most
        below = np.flatnonzero(self.bias[least:most + 1] < tolerance)
        return least + int(below[0]) if len(below) else most


def estimate_decay(norms: Array, cumulated: Array, tail: int | None = None) -> Decay:
    """Estimate decay and bias from gradients of one loss by the states k = 0, 1, … steps before it.

    ``log(rate)`` is the slope of the least-squares line through ``log(norms)``; with ``norms[k]`` at most
    ``norms[tail] * rate**(k - tail)`` behind ``tail``,

        ``error[K] = sum of norms[K:tail] + norms[tail] * rate**max(K - tail, 0) / (1 - rate)``
        ``bias[K]  = error[K] / max over k of (cumulated[k] - error[k])``

    where the denominator is a lower bound of the length of the whole gradient.

    Shapes:
        norms:       (R,) mean length of the gradient at lag k
        cumulated:   (R + 1,) length of the sum of the mean gradients at lags below k
        error, bias: (R + 1,) for K = 0 … R

    Raises: ValueRangeError for less than two lags or norms that are all zero.

    Source: Aicher, Foti & Fox 2019, "Adaptively truncating backpropagation through time to control gradient bias".

    Example:
        >>> from chainrule.backprop import estimate_decay
        >>> norms = 0.5 ** np.arange(40)
        >>> decay = estimate_decay(norms, np.append(0, norms.cumsum()))
        >>> round(decay.rate, 6), decay.truncation(0.5), decay.truncation(0.01)
        (0.5, 2, 7)
    """
    lags = len(norms)
    if lags < 2 or len(cumulated) != lags + 1:
        raise ValueRangeError(f"estimate_decay expected norms of at least two lags and one more cumulated, got {lags} "
                              f"and {len(cumulated)}")
    with np.errstate(divide="ignore"):
        logarithms = np.log(np.asarray(norms, np.float64))
    seen = np.flatnonzero(logarithms > SMALLEST)
    if len(seen) < 2:
        raise ValueRangeError("estimate_decay expected at least two lags with a gradient, got zeros; does the loss "
                              "depend on the state?")
    rate = float(np.exp(np.polyfit(seen, logarithms[seen], 1)[0]))
    tail = lags - 1 if tail is None else min(tail, lags - 1)
    if rate >= 1:
        return Decay(rate, np.full(lags + 1, np.inf), np.full(lags + 1, np.inf))
    rest = norms[tail] / (1 - rate)
    ahead = np.append(np.cumsum(norms[:tail][::-1])[::-1], 0.0)             # (tail + 1,): sums of norms[K:tail]
    error = np.concatenate([ahead + rest, rest * rate ** np.arange(1, lags + 1 - tail)])
    left = float(np.max(cumulated - error))
    return Decay(rate, error, error / left if left > 0 else np.full(lags + 1, np.inf))
