"""A learning rate that goes to the one at which weights are averaged."""

import math
from collections.abc import Sequence
from typing import Annotated

from ...layers.core import Count, OneOf, check_choice, check_size
from ..optimizer import Optimizer
from .schedule import Schedule

__all__ = ["SWALR"]


class SWALR(Schedule):
    """The learning rate goes from its base to ``swa_lr`` in ``anneal_epochs`` steps and stays there.

    Formula: lr = swa_lr * done + base_lr * (1 - done)
    done goes from 0 to 1, along half a cosine or with anneal_strategy "linear" along a straight line.

    Source: Izmailov et al. 2018, section 3.2; torch.optim.swa_utils.SWALR.

    Example:
        >>> schedule = SWALR(SGD([Parameter(np.zeros(1))], lr=1.0), swa_lr=0.5, anneal_epochs=2)
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.75]
    """

    def __init__(self, optimizer: Optimizer, swa_lr: float | Sequence[float], anneal_epochs: Count = 10,
                 anneal_strategy: Annotated[str, OneOf("cos", "linear")] = "cos", last_epoch: int = -1) -> None:
        self.swa_lr = swa_lr
        self.anneal_epochs = check_size(anneal_epochs, "anneal_epochs", "SWALR", least=0)
        self.anneal_strategy = check_choice(anneal_strategy, ("cos", "linear"), name="anneal_strategy", owner="SWALR")
        super().__init__(optimizer, last_epoch)

    def set_group(self, index: int, step: int, base_lr: float) -> None:
        done = min(step / self.anneal_epochs, 1.0) if self.anneal_epochs else 1.0
        if self.anneal_strategy == "cos":
            done = (1 - math.cos(math.pi * done)) / 2
        swa_lr = self.per_group("swa_lr")[index]
        self.optimizer.param_groups[index]["lr"] = swa_lr * done + base_lr * (1 - done)
