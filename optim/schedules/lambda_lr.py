"""A learning rate that is any function of the step."""

from collections.abc import Callable, Sequence

from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["LambdaLR"]


class LambdaLR(Schedule):
    """The learning rate is multiplied by a function of the step, one for all groups or one for each.

    Formula: lr = base_lr * lr_lambda(step)

    Source: torch.optim.lr_scheduler.LambdaLR.

    Example:
        >>> schedule = LambdaLR(SGD([Parameter(np.zeros(1))], lr=1.0), lambda step: 1 / (1 + step))
        >>> for _ in range(3):
        ...     schedule.step()
        >>> schedule.get_last_lr()
        [0.25]
    """

    chainable = False

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
                 last_epoch: int = -1) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        self.optimizer.param_groups[index]["lr"] = base_lr * self.per_group("lr_lambda")[index](step)
