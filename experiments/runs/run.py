"""One run of a config: training, and a folder with all that came of it, in which it can go on after any end."""

import hashlib
import json
import math
import shlex
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import Any, TextIO, cast

import numpy as np

from ...layers.core import ChainruleError, message, save_weights
from ...training import Callback, Progress
from ...training.parallel import apart, current
from ..binding import loaded_plugins
from ..config import Config
from ..document import dump
from ..tasks import Experiment
from .environment import environment
from .folder import RunFolder
from .interrupt import StopOnSignal
from .keeper import Keeper
from .log import Log
from .record import Recorder
from .reporting import Reporter

__all__ = ["PREPARATION", "Run", "RunError", "how_to_resume", "run", "take_part", "train_in"]

PREPARATION = "preparation.json"        # how samples become what the network is fed


class RunError(ChainruleError, OSError):
    """A file of a run can not be written."""


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


def run(config: Config, runs: str | Path = "runs", *, verbose: bool = True) -> Run:
    """Train what a config describes, and leave a new folder below ``runs``.

    It holds the config, as written (``original.yaml``, ``overrides.json``) and with all defaults (``config.yaml``),
    ``environment.json``, ``metrics.jsonl`` and ``.csv``, ``train.log``, ``checkpoints``, and at the end
    ``weights.safetensors``, ``result.json`` and what the task adds (``Experiment.keepsakes``); ``report.html``
    (``training.report``) is written on the way, too.

    A run that fails in its first epoch leaves nothing, one that fails later no weights. A signal to stop
    (``result["status"]`` is then ``"interrupted"``) leaves all of them, as far as the run had come; ``resume`` goes on.
    In a job of several processes (``joined``) the folder is the first one's, and the others have no result.

    Raises: NonFiniteError when training diverges, CheckpointError or RunError when a file can not be written.

    Example:
        >>> from chainrule.experiments import open_config, run
        >>> run(open_config("xor"), "runs").result["status"]                               # doctest: +SKIP
        'finished'
    """
    resolved = dump(config.resolved).encode()
    folder = RunFolder(runs, config.experiment.name, hashlib.sha256(resolved).hexdigest()[:6])
    if current().rank:
        return take_part(folder, config.experiment)
    with folder:
        folder.write("config.yaml", resolved)
        folder.write("original.yaml", config.original)
        folder.write("overrides.json", json.dumps(config.overrides, indent=2).encode())
        folder.write("environment.json", json.dumps([environment()], indent=2).encode())
        config.experiment.loader.dataset.preparation.save(folder.path / PREPARATION)
        return train_in(folder, config.experiment, verbose)


def train_in(folder: RunFolder, experiment: Experiment, verbose: bool) -> Run:
    """Train until the end, or an interrupt, and leave in a folder what came of it."""
    began, stop, trainer = time.perf_counter(), StopOnSignal(), experiment.trainer
    log = Log(folder)
    try:
        experiment.run(*_taking_part(experiment, folder, stop, log, verbose))
        judged = {} if trainer.paused else experiment.judge()
        with apart():       # the other processes are done
            folder.show()
            save_weights(experiment.model, folder.path / "weights.safetensors")
            for name, content in experiment.keepsakes().items():
                folder.write(name, content)
            status = "interrupted" if trainer.paused else "finished"
            seconds = round(time.perf_counter() - began, 3)
            result = _conclude(folder, experiment, {"status": status, "seconds": seconds, **judged})
        log.say(status if stop.received is None else f"{status} by {stop.received.name}")
    except Exception as error:
        if not folder.shown:
            raise
        with suppress(OSError), apart():
            log.say(message(error) if isinstance(error, ChainruleError) else repr(error))
            _conclude(folder, experiment, {"status": "failed", "error": message(error)})
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):      # that is of no file
            reason = message(error) if isinstance(error, ChainruleError) else \
                ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
            raise RunError(f"{reason}; once that is mended, {how_to_resume(folder.path)}") from error
        raise
    return Run(folder.path, result, stop.received if trainer.paused else None)


def take_part(folder: RunFolder, experiment: Experiment) -> Run:
    """Train as the first process of the job does, which keeps the folder, and sees to all that is shown."""
    stop, trainer = StopOnSignal(), experiment.trainer
    experiment.run(stop, Keeper(folder, experiment))
    if not trainer.paused:
        experiment.judge()
    return Run(folder.path, {}, stop.received if trainer.paused else None)


def _taking_part(experiment: Experiment, folder: RunFolder, stop: StopOnSignal, log: Log,
                 verbose: bool) -> list[Callback]:
    """Return the callbacks that every run has, besides those of its config: what shows or draws, then what saves."""
    every = math.ceil(experiment.epochs / 20)
    shown = [Progress(every)] if verbose else []
    logged = Progress(every, stream=cast(TextIO, log))
    return [stop, Recorder(folder), Reporter(experiment, folder, log), *shown, logged, Keeper(folder, experiment)]


def how_to_resume(path: Path) -> str:
    """Return the advice how a run goes on."""
    plugins = (f" --plugin {shlex.quote(name)}" for name in loaded_plugins())
    return f"go on with: chainrule train --resume {shlex.quote(str(path))}{''.join(plugins)}"


def _conclude(folder: RunFolder, experiment: Experiment, outcome: dict[str, Any]) -> dict[str, Any]:
    """Write the page and then the result, with which the run is finished; return it."""
    trainer, rows = experiment.trainer, experiment.trainer.history.rows
    last = {name: value for name, value in (rows[-1] if rows else {}).items()
            if name != "seconds" and not isinstance(value, dict)}
    result = {"stopped": trainer.stopped, "epoch": trainer.epoch, **last, **outcome}
    finite = {name: None if isinstance(value, float) and not math.isfinite(value) else value
              for name, value in result.items()}      # JSON has no NaN
    if rows:
        Reporter(experiment, folder, Log(folder)).conclude(result)
    folder.write("result.json", json.dumps(finite, indent=2, default=np.ndarray.tolist, allow_nan=False).encode())
    return result
