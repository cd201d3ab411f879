"""Schedules one after the other: warm-up, then the schedule proper."""

from bisect import bisect_right
from collections.abc import Sequence

from ...layers.core import ValueRangeError
from ..optimizer import Optimizer
from .compound import Compound
from .schedule import Schedule

__all__ = ["SequentialLR"]


class SequentialLR(Compound):
    """Several schedules of one optimiser; at every milestone the next takes over, from its own step 0.

    Formula: lr = schedulers[i].lr_at(step - milestones[i - 1], base_lr) for milestones[i - 1] <= step < milestones[i]

    Raises: ValueRangeError for unordered milestones, not one fewer than schedules, or a schedule that needs a metric.

    Source: torch.optim.lr_scheduler.SequentialLR.

    Example:
        >>> optimizer = SGD([Parameter(np.zeros(1))], lr=1.0)
        >>> schedule = SequentialLR(optimizer, [LinearLR(optimizer), CosineAnnealingLR(optimizer, T_max=20)], [5])
        >>> for _ in range(15):         # five steps of warm-up, then half of the cosine
        ...     schedule.step()
        >>> [round(lr, 3) for lr in schedule.get_last_lr()]
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Schedule], milestones: Sequence[int],
                 last_epoch: int = -1) -> None:
        self.milestones = list(milestones)
        if len(self.milestones) != len(schedulers) - 1 or self.milestones != sorted(self.milestones):
            raise ValueRangeError(f"SequentialLR expected rising milestones, one fewer than its {len(schedulers)} "
                                  f"schedulers, got {self.milestones}")
        super().__init__(optimizer, schedulers, last_epoch)

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        which = bisect_right(self.milestones, step)
        self.schedulers[which].set_group(index, step - (self.milestones[which - 1] if which else 0), base_lr)
