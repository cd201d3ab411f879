"""A learning rate that falls when a metric no longer improves."""

import math
from collections.abc import Sequence
from typing import Annotated

from ...layers.core import Count, OneOf, StateError, Within, check_choice, check_range, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau(Schedule):
    """The learning rate is multiplied by ``factor`` when a metric has not improved for more than ``patience`` steps.

    Better means by more than ``threshold``: a part of the best value so far ("rel") or a number ("abs"). After a
    reduction, ``cooldown`` steps are not counted. Rates stay at or above ``min_lr``; one that would change by no more
    than ``eps`` is left alone.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau.

    Example:
        >>> schedule = ReduceLROnPlateau(SGD([Parameter(np.zeros(1))], lr=1.0), patience=1)
        >>> for loss in (3.0, 2.0, 2.5, 2.5):
        ...     schedule.step(loss)
        >>> schedule.get_last_lr()
        [0.1]
    """

    needs_metric = True
    state_names = ("last_epoch", "last_lrs", "best", "num_bad_epochs", "cooldown_counter")

    def __init__(self, optimizer: Optimizer, mode: Annotated[str, OneOf("min", "max")] = "min",
                 factor: Annotated[float, Within(0, 1, open_high=True)] = 0.1, patience: Count = 10,
                 threshold: float = 1e-4, threshold_mode: Annotated[str, OneOf("rel", "abs")] = "rel",
                 cooldown: Count = 0, min_lr: float | Sequence[float] = 0.0, eps: float = 1e-8) -> None:
        owner = "ReduceLROnPlateau"
        self.optimizer = optimizer
        self.mode = check_choice(mode, ("min", "max"), name="mode", owner=owner)
        self.factor = check_range(factor, 0.0, 1.0, name="factor", owner=owner, open_high=True)
        self.patience = check_size(patience, "patience", owner, least=0)
        self.threshold = threshold
        self.threshold_mode = check_choice(threshold_mode, ("rel", "abs"), name="threshold_mode", owner=owner)
        self.cooldown = check_size(cooldown, "cooldown", owner, least=0)
        self.min_lr = min_lr
        self.eps = eps
        self.per_group("min_lr")
        self.last_epoch = 0
        self.last_lrs = [group["lr"] for group in optimizer.param_groups]
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0

    def step(self, metrics: float | None = None) -> None:
        """Look at the metric of another epoch, and reduce the learning rates if it is time."""
        if metrics is None:
            raise StateError("ReduceLROnPlateau expected the number to judge by, got none; call step(validation_loss)")
        self.last_epoch += 1
        self.num_bad_epochs = 0 if self._better(float(metrics)) else self.num_bad_epochs + 1
        if self.num_bad_epochs == 0:
            self.best = float(metrics)
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
            self._reduce()
        self.last_lrs = [group["lr"] for group in self.optimizer.param_groups]

    def _better(self, metric: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        bar = self.best * (1 + sign * self.threshold) if self.threshold_mode == "rel" \
            else self.best + sign * self.threshold
        return sign * metric > sign * bar

    def _reduce(self) -> None:
        for group, min_lr in zip(self.optimizer.param_groups, self.per_group("min_lr"), strict=True):
            lower = max(group["lr"] * self.factor, min_lr)
            if group["lr"] - lower > self.eps:
                group["lr"] = lower
