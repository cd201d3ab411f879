"""Stopping when training has converged."""

from typing import TYPE_CHECKING

import numpy as np

from ...layers.core import NonNegative, Size, check_range, check_size
from .callback import Row
from .monitor import Monitor

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["StopOnPlateau"]


class StopOnPlateau(Monitor):
    """Stop when the loss has changed by less than ``epsilon`` over ``epochs`` epochs.

    Formula: max(losses) - min(losses) < epsilon, over the last ``epochs + 1`` of them

    Source: the tolerance over a number of iterations of sklearn.neural_network.MLPClassifier (tol, n_iter_no_change),
    here in both directions, so that a loss that still rises or swings has not converged.

    Example:
        >>> x = np.ones((4, 2), np.float32)
        >>> model = Sequential(Linear(2, 1))
        >>> history = model.fit(x, x[:, :1], loss=MSELoss(), optimizer=SGD(model.parameters(), lr=0.1), epochs=1000,
        ...                     callbacks=[StopOnPlateau(epsilon=1e-6)], verbose=0)
        >>> len(history) < 100, history["loss"][-1] < 1e-6
        (True, True)
    """

    state_names = ("last",)

    def __init__(self, epsilon: NonNegative = 1e-4, epochs: Size = 5, monitor: str = "loss") -> None:
        super().__init__(monitor)
        self.epsilon = check_range(epsilon, 0.0, float("inf"), name="epsilon", owner="StopOnPlateau")
        self.epochs = check_size(epochs, "epochs", "StopOnPlateau")
        self.last: list[float] = []

    def on_fit_begin(self, trainer: "Trainer") -> None:
        super().on_fit_begin(trainer)
        if trainer.epoch == 0:
            self.last = []

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self.last = [*self.last, float(row[self.monitor])][-self.epochs - 1:]
        if len(self.last) > self.epochs and np.ptp(self.last) < self.epsilon:
            trainer.stop(f"{self.monitor} has changed by less than {self.epsilon:g} over {self.epochs} epochs")
