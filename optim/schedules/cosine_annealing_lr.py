"""A learning rate that falls along half a cosine."""

import math

from ...layers.core import Size, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["CosineAnnealingLR"]


class CosineAnnealingLR(Schedule):
    """The learning rate falls to ``eta_min`` within ``T_max`` steps, slowly at both ends; after that it rises again.

    Formula: lr = eta_min + (base_lr - eta_min) * (1 + cos(pi * step / T_max)) / 2

    Source: Loshchilov & Hutter 2017, equation 5, without restarts.

    Example:
        >>> schedule = CosineAnnealingLR(SGD([Parameter(np.zeros(1))], lr=1.0), T_max=2)
        >>> schedule.step()
        >>> [round(lr, 3) for lr in schedule.get_last_lr()]
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, T_max: Size, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = check_size(T_max, "T_max", "CosineAnnealingLR")
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * step / self.T_max)) / 2
