"""Showing how far training is: a bar on a terminal, plain lines elsewhere."""

import os
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TextIO

from ...layers.core import check_size
from .callback import Callback, Row
from .history import show_row

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Progress"]

REFRESH = 0.1       # seconds from one movement of the bar to the next


class Progress(Callback):
    """Print a line for every ``every``-th epoch and the last, with the time left; on a terminal move a bar, too.

    ``stream`` is where to; None: standard output as it is when the fit begins.

    Example:
        >>> x = np.zeros((4, 2), np.float32)
        >>> model = Sequential(Linear(2, 1, bias=False))
        >>> sgd = SGD(model.parameters(), lr=0.1)
        >>> model.fit(x, x[:, :1], loss=MSELoss(), optimizer=sgd, epochs=5, verbose=5)      # doctest: +ELLIPSIS
        epoch 5/5  loss 0  lr 0.1  0.0... s  0:00:00 left
        History(5 epochs, loss 0  lr 0.1)
    """

    first_rank_only = True

    def __init__(self, every: int = 1, stream: TextIO | None = None) -> None:
        self.every = check_size(every, "every", "Progress")
        self.stream = stream

    def on_fit_begin(self, trainer: "Trainer") -> None:
        self._out = self.stream or sys.stdout
        self._bar = _bar(self._out) if self._out.isatty() and os.environ.get("TERM") != "dumb" else None
        self._first, self._began, self._moved = trainer.epoch, time.perf_counter(), 0.0
        self._unsaid: Row | None = None

    def on_batch_end(self, trainer: "Trainer", loss: float) -> None:
        now = time.perf_counter()
        if self._bar is not None and now - self._moved > REFRESH:
            self._moved = now
            done = trainer.epoch + trainer.batch / (trainer.batches or trainer.batch + 1)
            text = f"epoch {trainer.epoch + 1}/{trainer.epochs}  loss {trainer.totals.loss:.4g}"
            self._bar.update(self._bar.task_ids[0], completed=self._share(trainer, done),
                             description=f"{text}  {self._left(trainer, done)} left")

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self._unsaid = row
        if trainer.epoch % self.every == 0:
            self._say_row(trainer)

    def on_fit_end(self, trainer: "Trainer") -> None:
        self._say_row(trainer)
        if trainer.stopped:
            self._say(f"stopped after epoch {trainer.epoch}: {trainer.stopped}")
        if self._bar is not None:
            self._bar.stop()

    def _say_row(self, trainer: "Trainer") -> None:
        if self._unsaid is not None:
            row, self._unsaid = self._unsaid, None
            self._say(f"epoch {row['epoch']:{len(str(trainer.epochs))}}/{trainer.epochs}  {show_row(row)}  "
                      f"{row['seconds']:.2f} s  {self._left(trainer, trainer.epoch)} left")

    def _say(self, line: str) -> None:
        if self._bar is None:
            print(line, file=self._out, flush=True)
        else:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _share(self, trainer: "Trainer", done: float) -> float:
        return (done - self._first) / (trainer.epochs - self._first)

    def _left(self, trainer: "Trainer", done: float) -> str:
        share = self._share(trainer, done)
        return str(timedelta(seconds=round((time.perf_counter() - self._began) * (1 - share) / share)))


def _bar(stream: TextIO) -> Any:
    """Return a bar that has begun; rich takes a tenth of a second to import, and only a terminal needs it."""
    from rich import progress
    from rich.console import Console
    bar = progress.Progress(progress.BarColumn(), progress.TextColumn("{task.description}", markup=False),
                            console=Console(file=stream), transient=True)
    bar.add_task("", total=1.0)
    bar.start()
    return bar
