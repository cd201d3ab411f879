"""One run of a config: training, and a folder with all that came of it."""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import TYPE_CHECKING, Any

import numpy as np

from ..layers.core import message, save_weights
from ..training import JsonLines, Progress
from .config import Config
from .curves import draw_curves
from .experiment import Experiment
from .folder import RunFolder
from .interrupt import StopOnSignal
from .reading import dump

if TYPE_CHECKING:
    from ..training import Trainer

__all__ = ["Run", "run"]


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes:
        path:   its folder
        result: what ``result.json`` holds: how it ended, the history's last row, and loss and metrics on the test data
        signal: what interrupted it, or None
    """

    path: Path
    result: dict[str, Any]
    signal: Signals | None


class _Recorder(JsonLines):
    """Writes the history, and shows the folder with its first line: from then on training has really begun."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder.path / "metrics.jsonl")
        self.folder = folder

    def on_epoch_end(self, trainer: "Trainer", row: dict[str, Any]) -> None:
        super().on_epoch_end(trainer, row)
        if not self.folder.shown:
            self.folder.show()
            self.path = self.folder.path / self.path.name


def run(config: Config, runs: str | Path = "runs", *, verbose: bool = True) -> Run:
    """Train what a config describes, and leave a new folder below ``runs``: ``config.yaml``, ``metrics.jsonl``,
    ``weights.safetensors``, ``result.json`` and ``curves.png``, and what the task adds (``Experiment.keepsakes``).

    A run that fails in its first epoch leaves nothing, one that fails later no weights. A signal to stop
    (``result["status"]`` is then ``"interrupted"``) leaves all of them, as far as the run had come.

    Raises: NonFiniteError when training diverges.

    Example:
        >>> from chainrule.experiments import open_config, run
        >>> run(open_config("xor"), "runs").result["status"]                               # doctest: +SKIP
        'finished'
    """
    experiment, began, stop = config.experiment, time.perf_counter(), StopOnSignal()
    progress = [Progress(every=math.ceil(experiment.epochs / 20))] if verbose else []
    with RunFolder(runs, experiment.name) as folder:
        folder.write("config.yaml", dump(config.resolved).encode())
        try:
            experiment.run(stop, _Recorder(folder), *progress)
            judged = {} if stop.received else experiment.judge()
            save_weights(experiment.model, folder.path / "weights.safetensors")
            for name, content in experiment.keepsakes().items():
                folder.write(name, content)
        except Exception as error:
            if folder.shown:
                _conclude(folder, experiment, {"status": "failed", "error": message(error)})
            raise
        status = "interrupted" if stop.received else "finished"
        seconds = round(time.perf_counter() - began, 3)
        result = _conclude(folder, experiment, {"status": status, "seconds": seconds, **judged})
    return Run(folder.path, result, stop.received)


def _conclude(folder: RunFolder, experiment: Experiment, outcome: dict[str, Any]) -> dict[str, Any]:
    """Write the result and the picture; return the result."""
    trainer = experiment.trainer
    last = {name: value for name, value in trainer.history[-1].items() if name != "seconds"}
    result = {"stopped": trainer.stopped, **last, **outcome}
    finite = {name: None if isinstance(value, float) and not math.isfinite(value) else value
              for name, value in result.items()}      # JSON has no NaN
    folder.write("result.json", json.dumps(finite, indent=2, default=np.ndarray.tolist, allow_nan=False).encode())
    folder.write("curves.png", draw_curves(trainer.history.rows, experiment.name))
    return result
