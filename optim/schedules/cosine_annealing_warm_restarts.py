"""A learning rate that falls along half a cosine, again and again."""

import math

from ...layers.core import Size, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["CosineAnnealingWarmRestarts"]


class CosineAnnealingWarmRestarts(Schedule):
    """The learning rate falls to ``eta_min`` in ``T_0`` steps, jumps back, falls in ``T_0 * T_mult``, and so on.

    Formula: lr = eta_min + (base_lr - eta_min) * (1 + cos(pi * T_cur / T_i)) / 2
    T_i is the length of the fall that the step is in, and T_cur how many of its steps are done.

    Source: Loshchilov & Hutter 2017, equation 5.

    Example:
        >>> schedule = CosineAnnealingWarmRestarts(SGD([Parameter(np.zeros(1))], lr=1.0), T_0=2, T_mult=2)
        >>> rates = schedule.get_last_lr()
        >>> for _ in range(4):
        ...     schedule.step()
        ...     rates += schedule.get_last_lr()
        >>> [round(rate, 2) for rate in rates]
        [1.0, 0.5, 1.0, 0.85, 0.5]
    """

    chainable = False

    def __init__(self, optimizer: Optimizer, T_0: Size, T_mult: Size = 1, eta_min: float = 0.0,
                 last_epoch: int = -1) -> None:
        self.T_0 = check_size(T_0, "T_0", "CosineAnnealingWarmRestarts")
        self.T_mult = check_size(T_mult, "T_mult", "CosineAnnealingWarmRestarts")
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        T_cur, T_i = step, self.T_0
        if self.T_mult == 1:
            T_cur %= T_i
        while T_cur >= T_i:
            T_cur, T_i = T_cur - T_i, T_i * self.T_mult
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * T_cur / T_i)) / 2
