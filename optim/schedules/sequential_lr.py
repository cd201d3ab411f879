"""Schedules one after the other: warm-up, then the schedule proper."""

from bisect import bisect_right
from collections.abc import Sequence

from ...layers.core import ValueRangeError
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["SequentialLR"]


class SequentialLR(Schedule):
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
        self.schedulers = list(schedulers)
        self.milestones = list(milestones)
        if len(self.milestones) != len(self.schedulers) - 1 or self.milestones != sorted(self.milestones):
            raise ValueRangeError(f"SequentialLR expected rising milestones, one fewer than its {len(self.schedulers)} "
                                  f"schedulers, got {self.milestones}")
        for scheduler in self.schedulers:
            if scheduler.needs_metric or scheduler.optimizer is not optimizer:
                raise ValueRangeError(f"SequentialLR expected schedules of its own optimiser that need no metric, got "
                                      f"{type(scheduler).__name__}")
        if last_epoch < 0:
            for group in optimizer.param_groups:        # every schedule has set its own rate of step 0
                group["lr"] = group["initial_lr"]
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        index = bisect_right(self.milestones, step)
        return self.schedulers[index].lr_at(step - (self.milestones[index - 1] if index else 0), base_lr)
