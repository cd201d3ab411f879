"""A learning rate that falls at steps one names."""

from bisect import bisect_right
from collections.abc import Sequence

from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["MultiStepLR"]


class MultiStepLR(Schedule):
    """The learning rate is multiplied by ``gamma`` at every milestone, as often as the milestone is named.

    Formula: lr = base_lr * gamma ** (number of milestones <= step)

    Source: He et al. 2016, section 3.4, by hand; torch.optim.lr_scheduler.MultiStepLR.

    Example:
        >>> schedule = MultiStepLR(SGD([Parameter(np.zeros(1))], lr=1.0), milestones=[1, 3], gamma=0.5)
        >>> for _ in range(3):
        ...     schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1,
                 last_epoch: int = -1) -> None:
        self.milestones = sorted(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return base_lr * self.gamma ** bisect_right(self.milestones, step)
