"""A learning rate that goes up and down along straight lines."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated

from ...layers.core import OneOf, Size, check_choice, check_size
from ..optimizer import Optimizer
from .cycle import Cycle

__all__ = ["CyclicLR"]


class CyclicLR(Cycle):
    """The learning rate rises to ``max_lr`` in ``step_size_up`` steps, falls in ``step_size_down``, and so on.

    Formula: lr = base_lr + (max_lr - base_lr) * height * scale
             momentum = max_momentum - (max_momentum - base_momentum) * height * scale      (with cycle_momentum)
    height goes from 0 to 1 and back within a cycle. scale is 1 for mode "triangular", 1 / 2**(cycle - 1) for
    "triangular2" and gamma**step for "exp_range", or scale_fn of the cycle, of the step with scale_mode "iterations".

    Source: Smith 2017, section 3; torch.optim.lr_scheduler.CyclicLR.

    Example:
        >>> optimizer = SGD([Parameter(np.zeros(1))], lr=1.0, momentum=0.9)
        >>> schedule = CyclicLR(optimizer, base_lr=0.25, max_lr=1.25, step_size_up=2)
        >>> schedule.step()
        >>> schedule.get_last_lr(), round(optimizer.param_groups[0]["momentum"], 3)
        ([0.75], 0.85)
    """

    def __init__(self, optimizer: Optimizer, base_lr: float | Sequence[float], max_lr: float | Sequence[float],
                 step_size_up: Size = 2000, step_size_down: Size | None = None,
                 mode: Annotated[str, OneOf("triangular", "triangular2", "exp_range")] = "triangular",
                 gamma: float = 1.0, scale_fn: Callable[[float], float] | None = None,
                 scale_mode: Annotated[str, OneOf("cycle", "iterations")] = "cycle", cycle_momentum: bool = True,
                 base_momentum: float | Sequence[float] = 0.8, max_momentum: float | Sequence[float] = 0.9,
                 last_epoch: int = -1) -> None:
        self.base_lr = base_lr
        self.max_lr = max_lr
        self.step_size_up = check_size(step_size_up, "step_size_up", "CyclicLR")
        self.step_size_down = step_size_up if step_size_down is None else check_size(
            step_size_down, "step_size_down", "CyclicLR")
        self.mode = check_choice(mode, ("triangular", "triangular2", "exp_range"), name="mode", owner="CyclicLR")
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = check_choice(scale_mode, ("cycle", "iterations"), name="scale_mode", owner="CyclicLR")
        super().__init__(optimizer, cycle_momentum, base_momentum, max_momentum, last_epoch)

    def rate_and_momentum(self, index: int, step: int) -> tuple[float, float]:
        low, high, base_momentum, max_momentum = (
            self.per_group(name)[index] for name in ("base_lr", "max_lr", "base_momentum", "max_momentum"))
        cycle, done = divmod(step, self.step_size_up + self.step_size_down)
        height = done / self.step_size_up if done <= self.step_size_up \
            else 1 - (done - self.step_size_up) / self.step_size_down
        height *= self._scale(cycle + 1, step)
        return low + (high - low) * height, max_momentum - (max_momentum - base_momentum) * height

    def _scale(self, cycle: int, step: int) -> float:
        if self.scale_fn is not None:
            return self.scale_fn(cycle if self.scale_mode == "cycle" else step)
        if self.mode == "triangular2":
            return math.ldexp(1.0, 1 - cycle)
        return self.gamma**step if self.mode == "exp_range" else 1.0
