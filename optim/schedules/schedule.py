"""The base of learning-rate schedules: functions of the step, applied to every group of an optimiser."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ...layers.core import StateError, ValueRangeError
from ..optimizer import Optimizer

__all__ = ["Schedule"]


class Schedule:
    """A learning rate that is a function of the step, ``lr = lr_at(last_epoch, base_lr)`` for every group.

    Making the schedule sets the rate of step 0; every ``step()`` sets the next. Whether a step is an epoch or a batch
    is the caller's choice. When others change the rate in between, a second schedule for example, the factor by which
    they did stays in force, as in PyTorch. A subclass writes ``lr_at``, or ``set_group`` if it sets more than a rate.

    Attributes:
        last_epoch:   the number of steps taken
        base_lrs:     the rate of every group that ``lr_at`` starts from
        needs_metric: whether ``step`` must be given a number to judge by
        chainable:    False: what others did to the rate is overwritten

    Raises: StateError when resuming (``last_epoch`` >= 0) an optimiser that no schedule has been used on.

    Source: the interface of torch.optim.lr_scheduler.
    """

    needs_metric: ClassVar[bool] = False
    chainable: ClassVar[bool] = True
    state_names: ClassVar[tuple[str, ...]] = ("last_epoch", "base_lrs", "last_lrs")

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer
        self.last_epoch = last_epoch
        self.base_lrs: list[float] = []
        self.last_lrs: list[float] = []
        if last_epoch >= 0 and not all("initial_lr" in group for group in optimizer.param_groups):
            raise StateError(f"{type(self).__name__} expected to go on from step {last_epoch}, but the optimiser has "
                             f"had no schedule; load its state dict first, or leave last_epoch at -1")
        self.step()

    def lr_at(self, step: int, base_lr: float) -> float:
        """Return the rate at a step, counted from 0."""
        raise NotImplementedError(f"{type(self).__name__}.lr_at")

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        """Give group number ``index`` its rate at a step, and whatever else the schedule sets."""
        self.optimizer.param_groups[index]["lr"] = self.lr_at(step, base_lr)

    def per_group(self, name: str) -> list[Any]:
        """Return the option ``name``, which was given as one value or as one for each group, for each group."""
        value, groups = getattr(self, name), len(self.optimizer.param_groups)
        values = list(value) if isinstance(value, Sequence) else [value] * groups
        if len(values) != groups:
            raise ValueRangeError(f"{type(self).__name__} expected one {name}, or one for each of the {groups} groups, "
                                  f"got {len(values)}")
        return values

    def step(self, metrics: float | None = None) -> None:
        """Set the learning rates of the next step; only schedules with ``needs_metric`` look at ``metrics``."""
        for group in self.optimizer.param_groups[len(self.base_lrs):]:      # all at first; later those newly added
            group.setdefault("initial_lr", group["lr"])
            self.base_lrs.append(group["initial_lr"])
            self.last_lrs.append(group["initial_lr"] if self.last_epoch < 0 else group["lr"])
        self.last_epoch += 1
        for index, group in enumerate(self.optimizer.param_groups):
            if self.chainable and self.last_lrs[index]:
                self.base_lrs[index] *= group["lr"] / self.last_lrs[index]      # 1, unless others changed the rate
            self.set_group(index, self.last_epoch, self.base_lrs[index])
            self.last_lrs[index] = group["lr"]

    def get_last_lr(self) -> list[float]:
        """Return the learning rate of every group as last set."""
        return list(self.last_lrs)

    def state_dict(self) -> dict[str, Any]:
        """Return where the schedule is; its options belong to the constructor."""
        return {name: list(value) if isinstance(value := getattr(self, name), list) else value
                for name in self.state_names}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on where ``state_dict()`` was taken; the rates themselves are in the optimiser's state dict."""
        lacking = [name for name in self.state_names if name not in state_dict]
        if lacking:
            raise ValueRangeError(f"{type(self).__name__} expected a state dict with {', '.join(self.state_names)}; "
                                  f"it lacks {', '.join(lacking)}")
        for name in self.state_names:
            value = state_dict[name]
            setattr(self, name, list(value) if isinstance(value, (list, tuple)) else value)
