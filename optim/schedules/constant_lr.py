"""A learning rate that is smaller for the first steps."""

from ...layers.core import Share, Size, check_range, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["ConstantLR"]


class ConstantLR(Schedule):
    """The learning rate is multiplied by ``factor`` for the first ``total_iters`` steps, and by nothing after them.

    Formula: lr = base_lr * (factor if step < total_iters else 1)

    Source: torch.optim.lr_scheduler.ConstantLR.

    Example:
        >>> schedule = ConstantLR(SGD([Parameter(np.zeros(1))], lr=1.0), factor=0.5, total_iters=2)
        >>> rates = schedule.get_last_lr()
        >>> for _ in range(2):
        ...     schedule.step()
        ...     rates += schedule.get_last_lr()
        >>> rates
        [0.5, 0.5, 1.0]
    """

    def __init__(self, optimizer: Optimizer, factor: Share = 1 / 3, total_iters: Size = 5,
                 last_epoch: int = -1) -> None:
        self.factor = check_range(factor, 0.0, 1.0, name="factor", owner="ConstantLR")
        self.total_iters = check_size(total_iters, "total_iters", "ConstantLR")
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        return base_lr * self.factor if step < self.total_iters else base_lr
