"""A learning rate that falls in steps."""

from ...layers.core import Size, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["StepLR"]


class StepLR(Schedule):
    """The learning rate is multiplied by ``gamma`` after every ``step_size`` steps.

    Formula: lr = base_lr * gamma ** (step // step_size)

    Source: torch.optim.lr_scheduler.StepLR.

    Example:
        >>> schedule = StepLR(SGD([Parameter(np.zeros(1))], lr=1.0), step_size=2)
        >>> for _ in range(2):
        ...     schedule.step()
        >>> schedule.get_last_lr()
        [0.1]
    """

    def __init__(self, optimizer: Optimizer, step_size: Size, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = check_size(step_size, "step_size", "StepLR")
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return base_lr * self.gamma ** (step // self.step_size)
