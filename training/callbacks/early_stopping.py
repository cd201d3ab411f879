"""Stopping when the validation no longer improves, and going back to the best weights."""

import math
from typing import TYPE_CHECKING

from ...layers.core import Array, NonNegative, Size, check_range, check_size
from .callback import Row
from .monitor import Monitor

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["EarlyStopping"]


class EarlyStopping(Monitor):
    """Stop after ``patience`` epochs in a row without improvement by more than ``min_delta``.

    The monitored metric knows whether more or less is better. With ``restore_best`` the model has, after the fit and
    whatever ended it, the weights of its best epoch. As they were chosen on the validation data, so is their result
    there: report that of a third set.

    Attributes:
        best, best_epoch: the best value so far, and the epoch that reached it
        waited:           epochs since then

    Source: Goodfellow et al. 2016, algorithm 7.1; Prechelt 1998.

    Example:
        >>> x, x_valid, y, y_valid = train_test_split(*digits(flat=True)[:], rng=np.random.default_rng(0))
        >>> model, stopping = Sequential(Linear(64, 10)), EarlyStopping(patience=5)
        >>> history = model.fit(x, y, loss=CrossEntropyLoss(), optimizer=SGD(model.parameters(), lr=5.0), epochs=100,
        ...                     validation_data=(x_valid, y_valid), callbacks=[stopping], verbose=0)
        >>> stopping.best == min(history["val_loss"]) == history["val_loss"][stopping.best_epoch - 1]
        True
    """

    state_names = ("best", "best_epoch", "best_weights", "waited")
    best: float | None
    best_weights: dict[str, Array] | None

    def __init__(self, monitor: str = "val_loss", patience: Size = 10, min_delta: NonNegative = 0.0,
                 restore_best: bool = True) -> None:
        super().__init__(monitor)
        self.patience = check_size(patience, "patience", "EarlyStopping")
        self.min_delta = check_range(min_delta, 0.0, math.inf, name="min_delta", owner="EarlyStopping")
        self.restore_best = restore_best
        self._forget()

    def on_fit_begin(self, trainer: "Trainer") -> None:
        super().on_fit_begin(trainer)
        if trainer.epoch == 0:
            self._forget()

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        value = float(row[self.monitor])
        if self._improves(value, trainer.columns()[self.monitor]):
            self.best, self.best_epoch, self.waited = value, trainer.epoch, 0
            self.best_weights = trainer.model.state_dict() if self.restore_best else None
            return
        self.waited += 1
        if self.waited >= self.patience:
            trainer.stop(f"{self.monitor} has not improved for {self.waited} epochs")

    def on_fit_end(self, trainer: "Trainer") -> None:
        if self.best_weights is not None:
            trainer.model.load_state_dict(self.best_weights)

    def _improves(self, value: float, higher_is_better: bool) -> bool:
        if self.best is None:
            return not math.isnan(value)
        return (value - self.best if higher_is_better else self.best - value) > self.min_delta

    def _forget(self) -> None:
        self.best = self.best_weights = None
        self.best_epoch = self.waited = 0
