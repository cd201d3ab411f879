"""The rule of Adam in one pass: every number is read once, moved, and written once."""

import numpy as np

from ...layers.core import Array
from ...layers.kernels.fast.jit import jit

__all__ = ["adam_rule"]


@jit
def adam_rule(w: Array, grad: Array, exp_avg: Array, exp_avg_sq: Array, largest: Array | None, rate: float,
              root_eps: float, beta1: float, beta2: float) -> None:
    """See the definition."""
    number = w.dtype.type
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
