"""A learning rate multiplied, step after step, by factors that a function gives."""

from collections.abc import Callable, Sequence

from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["MultiplicativeLR"]


class MultiplicativeLR(Schedule):
    """The learning rate is multiplied at every step by a function of it, one for all groups or one for each.

    Formula: lr = base_lr * lr_lambda(1) * lr_lambda(2) * … * lr_lambda(step)

    Source: torch.optim.lr_scheduler.MultiplicativeLR.

    Example:
        >>> schedule = MultiplicativeLR(SGD([Parameter(np.zeros(1))], lr=1.0), lambda step: step / (step + 1))
        >>> for _ in range(4):
        ...     schedule.step()
        >>> [round(lr, 3) for lr in schedule.get_last_lr()]
        [0.2]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
                 last_epoch: int = -1) -> None:
        self.lr_lambda = lr_lambda
        self._products: dict[int, tuple[int, float]] = {}       # by group: a step, and the product up to it
        super().__init__(optimizer, last_epoch)

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        lr_lambda, (done, product) = self.per_group("lr_lambda")[index], self._products.get(index, (0, 1.0))
        if done > step:
            done, product = 0, 1.0
        for each in range(done + 1, step + 1):      # one of them, when steps follow each other
            product *= lr_lambda(each)
        self._products[index] = step, product
        self.optimizer.param_groups[index]["lr"] = base_lr * product
