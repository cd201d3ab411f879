"""A learning rate that falls to zero along a power of the time that is left."""

from ...layers.core import NonNegative, Size, check_range, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["PolynomialLR"]


class PolynomialLR(Schedule):
    """The learning rate falls to zero within ``total_iters`` steps; with power 1 along a straight line.

    Formula: lr = base_lr * (1 - min(step, total_iters) / total_iters) ** power

    Source: Chen et al. 2018 (DeepLab), section 4.1; torch.optim.lr_scheduler.PolynomialLR.

    Example:
        >>> schedule = PolynomialLR(SGD([Parameter(np.zeros(1))], lr=1.0), total_iters=4, power=2.0)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.5625]
    """

    def __init__(self, optimizer: Optimizer, total_iters: Size = 5, power: NonNegative = 1.0,
                 last_epoch: int = -1) -> None:
        self.total_iters = check_size(total_iters, "total_iters", "PolynomialLR")
        self.power = check_range(power, 0.0, float("inf"), name="power", owner="PolynomialLR")
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return float(base_lr * (1 - min(step, self.total_iters) / self.total_iters) ** self.power)
