"""The base of schedules that are made of others."""

from collections.abc import Sequence

from ...layers.core import ValueRangeError
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["Compound"]


class Compound(Schedule):
    """Several schedules of one optimiser, used as functions of the step; a subclass says in ``set_group`` how.

    Raises: ValueRangeError for no schedules, one of another optimiser, or one that needs a metric.
    """

    def __init__(self, optimizer: Optimizer, schedulers: Sequence[Schedule], last_epoch: int = -1) -> None:
        self.schedulers = list(schedulers)
        for scheduler in self.schedulers:
            if scheduler.needs_metric or scheduler.optimizer is not optimizer:
                raise ValueRangeError(f"{type(self).__name__} expected schedules of its own optimiser that need no "
                                      f"metric, got {type(scheduler).__name__}")
        if last_epoch < 0:
            for group in optimizer.param_groups:        # every schedule has set its own rate of step 0
                group["lr"] = group["initial_lr"]
        super().__init__(optimizer, last_epoch)
