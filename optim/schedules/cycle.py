"""The base of schedules in which momentum falls while the learning rate rises."""

from collections.abc import Sequence

from ...layers.core import ValueRangeError
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["Cycle"]


class Cycle(Schedule):
    """Learning rates between given ends, and with ``cycle_momentum`` momentum (or beta1) between others.

    A subclass writes ``rate_and_momentum``; what it returns overwrites what others have set.

    Raises: ValueRangeError for ``cycle_momentum`` with a rule that has no momentum and no betas.

    Source: Smith 2017; Smith & Topin 2018.
    """

    chainable = False

    def __init__(self, optimizer: Optimizer, cycle_momentum: bool, base_momentum: float | Sequence[float],
                 max_momentum: float | Sequence[float], last_epoch: int) -> None:
        if cycle_momentum and not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueRangeError(f"{type(self).__name__} expected an optimiser with momentum or betas, got "
                                  f"{type(optimizer).__name__}; use cycle_momentum=False")
        self.cycle_momentum = cycle_momentum
        self.base_momentum = base_momentum
        self.max_momentum = max_momentum
        super().__init__(optimizer, last_epoch)

    def rate_and_momentum(self, index: int, step: int) -> tuple[float, float]:
        """Return the learning rate and the momentum of a group at a step."""
        raise NotImplementedError(f"{type(self).__name__}.rate_and_momentum")

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        group = self.optimizer.param_groups[index]
        group["lr"], momentum = self.rate_and_momentum(index, step)
        if self.cycle_momentum and "betas" in self.optimizer.defaults:
            group["betas"] = (momentum, *group["betas"][1:])
        elif self.cycle_momentum:
            group["momentum"] = momentum
