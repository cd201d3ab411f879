"""What a study learns of a trial while it is trained, and the end of a trial that is hopeless."""

from collections.abc import Collection
from math import ceil
from typing import TYPE_CHECKING, Any

from ...training.callbacks import Row
from ...training.callbacks.monitor import Monitor

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["PRUNED", "Judge"]

PRUNED = "pruned"
REPORTS = 50        # at most of a trial: each one goes to disk


class Judge(Monitor):
    """Reports a column of the history to a trial of Optuna, and stops the training when that says so.

    Epochs that were ``reported`` before a run was interrupted are not reported again.
    """

    def __init__(self, monitor: str, trial: Any, prune: bool, reported: Collection[int] = ()) -> None:
        super().__init__(monitor)
        self.trial, self.prune, self.reported = trial, prune, reported

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        epoch = row["epoch"]
        if epoch % ceil(trainer.epochs / REPORTS) or epoch in self.reported:
            return
        self.trial.report(float(row[self.monitor]), epoch)
        if self.prune and epoch < trainer.epochs and self.trial.should_prune():
            trainer.stop(f"{PRUNED} after epoch {epoch}: {self.monitor} is worse than the median of the trials before")
