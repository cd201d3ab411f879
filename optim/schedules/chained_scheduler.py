"""Schedules at the same time: their factors multiply."""

from collections.abc import Sequence

from ...layers.core import ValueRangeError
from ..optimizer import Optimizer
from .compound import Compound
from .schedule import Schedule

__all__ = ["ChainedScheduler"]


class ChainedScheduler(Compound):
    """Several schedules of one optimiser at once, each starting from the rate that the one before it gives.

    Formula: lr = schedulers[n].lr_at(step, … schedulers[1].lr_at(step, schedulers[0].lr_at(step, base_lr)))
    One that is not chainable (LambdaLR, CyclicLR, …) starts from base_lr and overwrites those before it.

    Raises: ValueRangeError for no schedules, one of another optimiser, or one that needs a metric.

    Source: torch.optim.lr_scheduler.ChainedScheduler.

    Example:
        >>> optimizer = SGD([Parameter(np.zeros(1))], lr=1.0)
        >>> schedule = ChainedScheduler([ConstantLR(optimizer, factor=0.5), ExponentialLR(optimizer, gamma=0.9)])
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.45]
    """

    def __init__(self, schedulers: Sequence[Schedule], optimizer: Optimizer | None = None) -> None:
        if not schedulers:
            raise ValueRangeError("ChainedScheduler expected at least one schedule, got none")
        super().__init__(schedulers[0].optimizer if optimizer is None else optimizer, schedulers)

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        group = self.optimizer.param_groups[index]
        group["lr"] = base_lr
        for scheduler in self.schedulers:
            scheduler.set_group(index, step, group["lr"] if scheduler.chainable else base_lr)
