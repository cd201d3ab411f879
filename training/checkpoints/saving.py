"""When checkpoints are written: as time goes by, after epochs or batches, when a fit pauses, and at its end."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ...layers.core import Array, OneOf, Positive, Size, StateError, check_choice, check_range, check_size
from ..callbacks import Callback, Row
from .folder import CheckpointFolder

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["BEST", "Checkpoints"]

BEST = "best.safetensors"
UNITS = ("seconds", "epochs", "batches")


class Checkpoints(Callback):
    """Keep the last ``keep`` checkpoints of a training in a folder, and the weights of its best epoch.

    One is written every so many ``unit``, when the fit pauses, and at its end; by ``seconds``, with the batch that runs
    then. ``best`` names what decides, such as "val_loss"; ``best.safetensors`` is written with the next checkpoint.
    Stands behind all callbacks that know something, so that all have seen what it saves. Of a network that several
    processes train, the first one writes what all know, and any number of processes goes on from it.

    Attributes:
        best_value, best_epoch: the best so far, and the epoch that reached it

    Raises: StateError when a callback behind it has a state; CheckpointError when nothing can be written.

    Example:
        >>> import tempfile
        >>> def trainer(folder):
        ...     chainrule.manual_seed(0)
        ...     model = Sequential(Linear(64, 10))
        ...     return Trainer(model, CrossEntropyLoss(), Adam(model.parameters()), callbacks=[Checkpoints(folder)])
        >>> loader = DataLoader(digits(flat=True), 100)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = trainer(folder).fit(loader, epochs=3)
        ...     again = trainer(folder)
        ...     again.load_state_dict(CheckpointFolder(folder).latest().state)
        >>> again.fit(loader, epochs=2)["epoch"]
        [1, 2, 3, 4, 5]
    """

    state_names = ("best_value", "best_epoch")
    best_value: float | None
    _weights: dict[str, Array] | None       # of the best epoch, until they are written

    def __init__(self, folder: str | Path, every: Positive = 60.0,
                 unit: Annotated[str, OneOf(*UNITS)] = "seconds", keep: Size = 3, best: str | None = None) -> None:
        self.folder = CheckpointFolder(folder)
        self.every = check_range(every, 0, float("inf"), name="every", owner="Checkpoints", open_low=True)
        self.unit = check_choice(unit, UNITS, name="unit", owner="Checkpoints")
        self.keep = check_size(keep, "keep", "Checkpoints")
        self.best = best
        self._forget()

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == trainer.batch == 0:
            self._forget()
        behind = trainer.callbacks[trainer.callbacks.index(self) + 1:]
        for callback in behind:
            if callback.state_dict():
                raise StateError(f"Checkpoints expected to be the last of the callbacks, got {type(callback).__name__} "
                                 f"behind it, which has not yet seen what is saved; put Checkpoints behind it")
        self._saved = {"seconds": time.monotonic(), "epochs": trainer.epoch, "batches": 0.0}
        self._batches = 0

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        self._batches += 1
        if trainer.stopped is None and (trainer.paused or (self.unit != "epochs" and self._due(trainer))):
            self.save(trainer)

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        if self.best is not None:
            self._compare(trainer, float(row[self.best]))
        ends = trainer.epoch == trainer.epochs or trainer.stopped is not None or trainer.paused
        if ends or self._due(trainer):
            self.save(trainer)

    def on_fit_end(self, trainer: "Trainer") -> None:
        self._keep_best(trainer)

    def save(self, trainer: "Trainer") -> None:
        """Write a checkpoint now."""
        self._keep_best(trainer)
        state = trainer.state_dict()
        if trainer.communicator.rank == 0:
            self.folder.save(state, self.keep)
        self._saved = self._now(trainer)

    def _compare(self, trainer: "Trainer", value: float) -> None:
        higher = trainer.columns()[str(self.best)]
        if value == value and (self.best_value is None or (value > self.best_value if higher
                                                           else value < self.best_value)):
            self.best_value, self.best_epoch = value, trainer.epoch
            self._weights = trainer.model.state_dict()

    def _keep_best(self, trainer: "Trainer") -> None:
        if self._weights is not None and trainer.communicator.rank == 0:
            self.folder.write(BEST, {"epoch": self.best_epoch, "monitor": self.best, "value": self.best_value,
                                     "model": self._weights})
            self._weights = None

    def _due(self, trainer: "Trainer") -> bool:
        due = self._now(trainer)[self.unit] - self._saved[self.unit] >= self.every
        return trainer.any_rank(due) if self.unit == "seconds" else due     # clocks differ

    def _now(self, trainer: "Trainer") -> dict[str, float]:
        return {"seconds": time.monotonic(), "epochs": trainer.epoch, "batches": self._batches}

    def _forget(self) -> None:
        self.best_value = self._weights = None
        self.best_epoch = 0

    def __repr__(self) -> str:
        return f"Checkpoints({self.folder.path}, every {self.every:g} {self.unit})"
