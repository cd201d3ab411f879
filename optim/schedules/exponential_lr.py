"""A learning rate that falls by the same factor at every step."""

from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["ExponentialLR"]


class ExponentialLR(Schedule):
    """The learning rate is multiplied by ``gamma`` after every step.

    Formula: lr = base_lr * gamma ** step

    Source: torch.optim.lr_scheduler.ExponentialLR.

    Example:
        >>> schedule = ExponentialLR(SGD([Parameter(np.zeros(1))], lr=1.0), gamma=0.5)
        >>> for _ in range(3):
        ...     schedule.step()
        >>> schedule.get_last_lr()
        [0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return base_lr * self.gamma**step
