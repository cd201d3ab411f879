"""The checkpoints of a run, in its folder."""

from typing import TYPE_CHECKING

from ...training.callbacks import Row
from ...training.checkpoints import Checkpoints
from ..tasks import Experiment
from .folder import RunFolder
from .past import CHECKPOINTS

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["Keeper"]


class Keeper(Checkpoints):
    """Keeps checkpoints in the folder of a run, which is shown with the first: from then on there is something."""

    def __init__(self, folder: RunFolder, experiment: Experiment) -> None:
        saving = experiment.checkpoints
        best = saving.monitor(experiment.columns())
        super().__init__(folder.path / CHECKPOINTS, saving.every, saving.unit, saving.keep, best)
        self.run_folder = folder

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self._show(trainer)
        super().on_epoch_end(trainer, row)

    def save(self, trainer: "Trainer") -> None:
        self._show(trainer)
        super().save(trainer)

    def _show(self, trainer: "Trainer") -> None:
        if trainer.communicator.rank:
            return
        self.run_folder.show()
        self.folder.path = self.run_folder.path / CHECKPOINTS
