"""``report.html``, the page of a run: what of an experiment is shown, while it goes on and when it has ended."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...analysis import Report, report_page
from ...layers.core import message
from ...training import LayerStatistics
from ...training.callbacks import Row
from ..tasks import Experiment
from .folder import RunFolder
from .log import Log

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["REPORT", "Reporter", "page_of"]

REPORT = "report.html"


def page_of(experiment: Experiment, rows: Sequence[Row], result: Mapping[str, Any], name: str) -> bytes:
    """Return the page of a run that has ended: answers are shown of the test data, if there are any and the run is
    finished; before, nobody looks at them."""
    parts = experiment.parts()
    part = "test" if result.get("status") == "finished" and "test" in parts else _part(experiment)
    done = rows[-1]["epoch"] if rows else 0
    status = ", ".join(str(each) for each in (f"{done} of {experiment.epochs} epochs", result.get("status"),
                                              result.get("stopped"), result.get("error")) if each)
    return report_page(experiment.name, rows, experiment.model, experiment.samples(part), loss=experiment.trainer.loss,
                       status=f"{name}: {status}", epochs=experiment.epochs, result=result,
                       input_shapes=experiment.input_shapes()).encode()


class Reporter(Report):
    """Writes the page into the folder of a run, whatever name that has; nothing without ``training.report``.

    Whatever goes wrong in making it is said in the log, and costs the page but not the run; only a disk that takes no
    more ends the run, as it does everywhere.
    """

    def __init__(self, experiment: Experiment, folder: RunFolder, log: Log) -> None:
        super().__init__(folder.path / REPORT, experiment.samples(_part(experiment)), title=experiment.name,
                         input_shapes=experiment.input_shapes())
        self.experiment, self.folder, self.log = experiment, folder, log
        self.wanted = any(isinstance(each, LayerStatistics) for each in experiment.trainer.callbacks)

    def on_fit_end(self, trainer: "Trainer") -> None:
        """Leave the end to ``conclude``, which knows what came of it."""

    def write(self, trainer: "Trainer", running: bool = False) -> None:
        self.path = self.folder.path / REPORT
        self._try(lambda: super(Reporter, self).write(trainer, running))

    def conclude(self, result: Mapping[str, Any]) -> None:
        """Write the page of the run as it ended."""
        rows = self.experiment.trainer.history.rows
        self._try(lambda: self.folder.write(REPORT, page_of(self.experiment, rows, result, self.folder.path.name)))

    def _try(self, write: Callable[[], None]) -> None:
        if not self.wanted:
            return
        try:
            write()
        except OSError:
            raise
        except Exception as error:      # a layer of the user's own may not take what a picture asks of it
            self.wanted = False
            self.log.say(f"no {REPORT}: {type(error).__name__}: {message(error)}")


def _part(experiment: Experiment) -> str:
    """Return the part of the data that may be looked at while a run goes on."""
    return "validation" if experiment.validation is not None else "training"
