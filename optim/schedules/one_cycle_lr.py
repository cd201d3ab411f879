"""A learning rate that rises once, falls once and ends near zero."""

import math
from collections.abc import Sequence
from typing import Annotated

from ...layers.core import OneOf, Share, Size, StateError, ValueRangeError, check_choice, check_range, check_size
from ..optimizer import Optimizer
from .cycle import Cycle

__all__ = ["OneCycleLR"]


class OneCycleLR(Cycle):
    """The learning rate rises from ``max_lr / div_factor`` to ``max_lr`` and falls far below where it began.

    Formula: lr = end + (start - end) * (1 + cos(pi * done)) / 2         (or start + (end - start) * done for "linear")
    in two phases: up to max_lr until step pct_start * total_steps - 1, then down to max_lr / div_factor /
    final_div_factor at step total_steps - 1; with three_phase as long down to max_lr / div_factor as it went up, and
    then to the end. Momentum does the same between max_momentum and base_momentum, down when the rate goes up.

    Raises: ValueRangeError without ``total_steps`` or ``epochs`` and ``steps_per_epoch``; StateError after the end.

    Source: Smith & Topin 2018, section 3; torch.optim.lr_scheduler.OneCycleLR.

    Example:
        >>> schedule = OneCycleLR(SGD([Parameter(np.zeros(1))], lr=1.0), max_lr=1.0, total_steps=10, pct_start=0.5)
        >>> for _ in range(4):
        ...     schedule.step()
        >>> schedule.get_last_lr()
        [1.0]
    """

    def __init__(self, optimizer: Optimizer, max_lr: float | Sequence[float], total_steps: Size | None = None,
                 epochs: Size | None = None, steps_per_epoch: Size | None = None, pct_start: Share = 0.3,
                 anneal_strategy: Annotated[str, OneOf("cos", "linear")] = "cos", cycle_momentum: bool = True,
                 base_momentum: float | Sequence[float] = 0.85, max_momentum: float | Sequence[float] = 0.95,
                 div_factor: float = 25.0, final_div_factor: float = 1e4, three_phase: bool = False,
                 last_epoch: int = -1) -> None:
        owner = "OneCycleLR"
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueRangeError(f"{owner} expected total_steps, or epochs and steps_per_epoch, got neither")
            total_steps = check_size(epochs, "epochs", owner) * check_size(steps_per_epoch, "steps_per_epoch", owner)
        self.max_lr = max_lr
        self.total_steps = check_size(total_steps, "total_steps", owner)
        self.pct_start = check_range(pct_start, 0.0, 1.0, name="pct_start", owner=owner)
        self.anneal_strategy = check_choice(anneal_strategy, ("cos", "linear"), name="anneal_strategy", owner=owner)
        self.div_factor = div_factor
        self.final_div_factor = final_div_factor
        self.three_phase = three_phase
        super().__init__(optimizer, cycle_momentum, base_momentum, max_momentum, last_epoch)

    def rate_and_momentum(self, index: int, step: int) -> tuple[float, float]:
        if step > self.total_steps:
            raise StateError(f"OneCycleLR expected at most total_steps={self.total_steps} steps, got step {step}")
        high, base_momentum, max_momentum = (self.per_group(name)[index]
                                             for name in ("max_lr", "base_momentum", "max_momentum"))
        low = high / self.div_factor
        corners = [(low, max_momentum), (high, base_momentum), (low, max_momentum),
                   (low / self.final_div_factor, max_momentum)]
        ends = [self.pct_start * self.total_steps - 1, 2 * self.pct_start * self.total_steps - 2, self.total_steps - 1]
        if not self.three_phase:
            del corners[2], ends[1]
        phase = next((phase for phase, end in enumerate(ends[:-1]) if step <= end), len(ends) - 1)
        begin, end = ends[phase - 1] if phase else 0.0, ends[phase]
        done = (step - begin) / (end - begin) if end > begin else 1.0
        (low, max_momentum), (high, base_momentum) = corners[phase], corners[phase + 1]
        return self._between(low, high, done), self._between(max_momentum, base_momentum, done)

    def _between(self, start: float, end: float, done: float) -> float:
        if self.anneal_strategy == "linear":
            return start + (end - start) * done
        return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
