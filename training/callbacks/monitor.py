"""Watching one column of the history."""

from typing import TYPE_CHECKING

from ...layers.core import UnknownNameError
from .callback import Callback

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Monitor"]


class Monitor(Callback):
    """Base of callbacks that watch one number of every epoch, ``row[monitor]``, such as "val_loss".

    Raises: UnknownNameError at the start of a fit in which there will be no such column.
    """

    def __init__(self, monitor: str) -> None:
        self.monitor = monitor

    def on_fit_begin(self, trainer: "Trainer") -> None:
        known = trainer.columns()
        if self.monitor not in known:
            error = UnknownNameError.of(f"monitor of {type(self).__name__}", self.monitor, known)
            fix = "; give fit validation data" if self.monitor.removeprefix("val_") in known else ""
            raise UnknownNameError(f"{error}{fix}")
