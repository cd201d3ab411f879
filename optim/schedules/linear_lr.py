"""A learning rate that moves along a straight line: warm-up."""

from typing import Annotated

from ...layers.core import Share, Size, Within, check_range, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["LinearLR"]


class LinearLR(Schedule):
    """The learning rate goes from ``start_factor`` to ``end_factor`` times its base in ``total_iters`` steps.

    Formula: lr = base_lr * (start_factor + (end_factor - start_factor) * min(step, total_iters) / total_iters)

    Source: Goyal et al. 2017, section 2.2 (gradual warm-up); torch.optim.lr_scheduler.LinearLR.

    Example:
        >>> schedule = LinearLR(SGD([Parameter(np.zeros(1))], lr=1.0), start_factor=0.5, total_iters=4)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.625]
    """

    def __init__(self, optimizer: Optimizer, start_factor: Annotated[float, Within(0, 1, open_low=True)] = 1 / 3,
                 end_factor: Share = 1.0, total_iters: Size = 5, last_epoch: int = -1) -> None:
        self.start_factor = check_range(start_factor, 0.0, 1.0, name="start_factor", owner="LinearLR", open_low=True)
        self.end_factor = check_range(end_factor, 0.0, 1.0, name="end_factor", owner="LinearLR")
        self.total_iters = check_size(total_iters, "total_iters", "LinearLR")
        super().__init__(optimizer, last_epoch)

    def lr_at(self, step: int, base_lr: float) -> float:
        done = min(step, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)
