"""A run that goes on in its folder after any end, as if it had never ended."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from ...layers.core import StateError
from ...training import Callback
from ...training.checkpoints import CheckpointFolder
from ...training.parallel import current
from ..document import dump
from ..tasks import Experiment
from .environment import environment, versions_apart
from .folder import RunFolder
from .log import Log
from .past import CHECKPOINTS, open_run, result_of, sessions_of
from .run import Run, take_part, train_in

__all__ = ["resume"]


def resume(path: str | Path, overrides: Iterable[str] = (), *, callbacks: Iterable[Callback] = (),
           verbose: bool = True) -> Run:
    """Let a run go on in its folder, from its last checkpoint that is whole, as if it had never ended.

    Weights and metrics are bit for bit those of a run that was not interrupted, with the same versions on the same
    machine. ``overrides`` may give it more epochs, and change nothing else. ``callbacks`` take part besides, as
    when it was begun.

    Raises: StateError for a run that is at its end, or at work; ConfigError, CheckpointError for what can not be read.
    """
    path = Path(path)
    config = open_run(path, overrides)
    folder, job = RunFolder.reopened(path), current()
    with ExitStack() as stack:
        if job.rank == 0:
            stack.enter_context(folder)
        found, log, trainer = CheckpointFolder(path / CHECKPOINTS).latest(), Log(folder), config.experiment.trainer
        if found is not None:
            trainer.load_state_dict(found.state)
        _check_unfinished(path, config.experiment)
        trainer.callbacks.extend(callbacks)
        job.barrier()       # all have read what the first one writes from here on
        if job.rank:
            return take_part(folder, config.experiment)
        sessions, now = sessions_of(path), environment()
        news = [f"passed over: {damage}" for damage in found.damaged] if found is not None else []
        news += [f"{change}; results may differ in their last bits" for change in versions_apart(sessions, now)]
        news.append("goes on from the beginning: there is no checkpoint" if found is None else
                    f"goes on from {found.path}")
        for line in news:
            log.say(line)
            if verbose:
                print(line)
        folder.write("environment.json", json.dumps([*sessions, now], indent=2).encode())
        folder.write("config.yaml", dump(config.resolved).encode())
        (path / "result.json").unlink(missing_ok=True)
        return train_in(folder, config.experiment, verbose)


def _check_unfinished(path: Path, experiment: Experiment) -> None:
    """Raise StateError for a run that has nothing left to do."""
    trainer = experiment.trainer
    if trainer.epoch > experiment.epochs:
        raise StateError(f"{path} is trained for {trainer.epoch} epochs, which can not become {experiment.epochs}")
    if result_of(path).get("status") == "finished" and (trainer.stopped or trainer.epoch == experiment.epochs):
        more = trainer.stopped or f"train it longer with --set training.epochs={2 * trainer.epoch}"
        raise StateError(f"{path} is finished, after {trainer.epoch} epochs; {more}")
