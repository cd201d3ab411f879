"""Ending a fit when its time is up."""

import math
import time
from typing import TYPE_CHECKING

from ...layers.core import Positive, check_range
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["TimeBudget"]


class TimeBudget(Callback):
    """Stop after ``seconds``, with the batch that runs then; its epoch is validated and kept as any other.

    A run that goes on has what it has not yet spent. Where the learning rate falls along a schedule, give that as many
    epochs as the time is for: a run that is cut off high on the schedule has not settled.

    Attributes:
        spent: seconds so far, of the fits before this one too

    Example:
        >>> x, model = np.ones((4, 2), np.float32), Sequential(Linear(2, 1))
        >>> budget = TimeBudget(seconds=0.05)
        >>> history = model.fit(x, x[:, :1], loss=MSELoss(), optimizer=SGD(model.parameters(), lr=1e-9), epochs=10**6,
        ...                     callbacks=[budget], verbose=0)
        >>> budget.spent < 1, len(history) < 10**6
        (True, True)
    """

    state_names = ("spent",)

    def __init__(self, seconds: Positive) -> None:
        self.seconds = check_range(seconds, 0.0, math.inf, name="seconds", owner="TimeBudget", open_low=True)
        self.spent = 0.0
        self._seen = 0.0

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == 0:
            self.spent = 0.0
        self._seen = time.monotonic()

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        self._count(trainer)

    def on_epoch_end(self, trainer: "Trainer", row: dict[str, object]) -> None:
        self._count(trainer)            # the validation costs time too

    def _count(self, trainer: "Trainer") -> None:
        now = time.monotonic()
        self.spent, self._seen = self.spent + now - self._seen, now
        if trainer.any_rank(self.spent >= self.seconds):
            trainer.stop(f"the {self.seconds:g} seconds are over")
