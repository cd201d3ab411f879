"""The page of a run, written while the run goes on."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ...layers.core import Shape, check_range, write_atomically
from ...training import Callback
from ...training.callbacks import Row
from .page import report_page
from .samples import Samples

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["Report"]


class Report(Callback):
    """Writes ``report.html`` after epochs and at the end, whole or not at all; put LayerStatistics before it.

    It keeps to a ``share`` of the time: after an epoch the page is written if what writing has taken so far, and the
    most that it took once, together stay below that share of the time since the fit began. At the end it is written
    in any case. Nothing that training depends on is touched, so a run is the same with and without. Callbacks end in
    reverse order: before an EarlyStopping in the list, it shows the weights that that restores.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from chainrule.analysis import Report, Samples
        >>> model, (x, y) = mlp([2, 8, 3]), spirals(90)[:]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     report = Report(Path(folder) / "report.html", Samples(x, y, "training"))
        ...     history = model.fit(x, y, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters()), epochs=2,
        ...                         verbose=0, callbacks=[LayerStatistics(), report])
        ...     "norm of the gradient" in report.path.read_text(encoding="utf-8")
        True
    """

    first_rank_only = True

    def __init__(self, path: str | os.PathLike[str], samples: Samples | None = None, *, title: str = "",
                 share: float = 0.03, input_shapes: tuple[Shape, ...] | None = None) -> None:
        self.path = Path(path)
        self.samples = samples
        self.title = title
        self.share = check_range(share, 0.0, 1.0, name="share", owner="Report")
        self.input_shapes = input_shapes

    def on_fit_begin(self, trainer: "Trainer") -> None:
        self._began = time.perf_counter()
        self._spent, self._most = 0.0, 0.05         # until the first is written, a guess of what one takes

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        now = time.perf_counter()
        if trainer.epoch < trainer.epochs and self._spent + self._most <= self.share * (now - self._began):
            self.write(trainer, running=True)
            took = time.perf_counter() - now
            self._most, self._spent = max(self._most, took), self._spent + took

    def on_fit_end(self, trainer: "Trainer") -> None:
        if len(trainer.history):
            self.write(trainer)

    def write(self, trainer: "Trainer", running: bool = False) -> None:
        """Write the page as things stand."""
        done = f"{trainer.epoch} of {trainer.epochs} epochs"
        status = f"{done}, running" if running else f"{done}; {trainer.stopped}" if trainer.stopped else done
        page = report_page(self.title or self.path.parent.name, trainer.history.rows, trainer.model, self.samples,
                           loss=trainer.loss, status=status, epochs=trainer.epochs, running=running,
                           input_shapes=self.input_shapes)
        write_atomically(self.path, page.encode())
