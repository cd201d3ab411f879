"""Ending a run from outside, by Ctrl-C or a signal to terminate, between two steps instead of inside of one."""

import signal
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from ...training import Callback
from ...training.callbacks import Row

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["StopOnSignal"]


class StopOnSignal(Callback):
    """Let the step that runs come to its end, then pause; a second signal ends the program as it does without this.

    The epoch is left unfinished, for a checkpoint to go on from. Outside of the main thread, where Python hands over
    no signals, it does nothing.

    Attributes:
        received: the signal, or None

    Example:
        >>> from chainrule.experiments.runs.interrupt import StopOnSignal
        >>> print(StopOnSignal().received)
        None
    """

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._receive)

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        self._pause(trainer)

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self._pause(trainer)        # for a signal during the validation

    def on_fit_end(self, trainer: "Trainer") -> None:
        self._restore()

    def _pause(self, trainer: "Trainer") -> None:
        """Pause where any process of the job was told to: all with the same step."""
        if trainer.any_rank(self.received is not None):
            told = trainer.gather(None if self.received is None else int(self.received))
            self.received = next(signal.Signals(number) for number in told if number is not None)
            trainer.pause()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = signal.Signals(number)
        self._restore()

    def _restore(self) -> None:
        while self._before:
            signal.signal(*self._before.popitem())
