"""The rule of Adam in one pass: every number is read once, moved, and written once."""

import numpy as np

from ...layers.core import Array
from ...layers.kernels import shares
from ...layers.kernels.fast.jit import shared

__all__ = ["adam_rule"]

_WORK = 4               # so many times that of an addition


def adam_rule(w: Array, grad: Array, exp_avg: Array, exp_avg_sq: Array, largest: Array | None, rate: float,
              root_eps: float, beta1: float, beta2: float) -> None:
    """See the definition."""
    _move(shares(w.size, w.size * _WORK), w, grad, exp_avg, exp_avg_sq, largest, rate, root_eps, beta1, beta2)


@shared
def _move(part: int, start: int, stop: int, w: Array, grad: Array, exp_avg: Array, exp_avg_sq: Array,
          largest: Array | None, rate: float, root_eps: float, beta1: float, beta2: float) -> None:
    number = w.dtype.type
    w, grad, exp_avg, exp_avg_sq = w[start:stop], grad[start:stop], exp_avg[start:stop], exp_avg_sq[start:stop]
    largest = None if largest is None else largest[start:stop]
    length, eps = number(rate), number(root_eps)
    part1, keep2, part2 = number(1 - beta1), number(beta2), number(1 - beta2)
    for i in range(w.size):
        g = grad[i]
        mean = exp_avg[i] + (g - exp_avg[i]) * part1
        square = exp_avg_sq[i] * keep2 + g * g * part2
        exp_avg[i], exp_avg_sq[i] = mean, square
        if largest is not None:
            square = max(largest[i], square)
            largest[i] = square
        w[i] -= length * mean / (np.sqrt(square) + eps)
