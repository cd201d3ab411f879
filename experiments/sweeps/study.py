"""The study that all processes of a sweep share: Optuna's journal, and which trial belongs to whom."""

import os
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...layers.core import StateError
from ..runs import RunFolder, is_running
from .plan import Sweep

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

__all__ = ["Study", "Taken", "require_optuna"]

JOURNAL = "study.journal"
LOCKS = "locks"     # a folder with a folder for each
ATTEMPTS = 3        # how often the process of a trial may die before the trial is given up


class Lock:
    """What Optuna wants of a lock, by a folder that the system lets go of when the process ends, however.

    Its own locks are files that a killed process leaves behind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def acquire(self) -> bool:
        """Wait for it."""
        while True:
            try:
                self._held = RunFolder.reopened(self.path).__enter__()
            except StateError:
                time.sleep(0.002)
            else:
                return True

    def release(self) -> None:
        """Let others have it."""
        self._held.__exit__(None, None, None)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


@dataclass(frozen=True)
class Taken:
    """A trial that this process is at work on.

    Attributes:
        number:   its place in the study, from 0
        trial:    Optuna's object
        reported: the epochs that were reported already
    """

    number: int
    trial: Any
    reported: tuple[int, ...]


class Study:
    """The study of a sweep, as this process sees it.

    Trials are chosen by TPE (Bergstra et al. 2011), seeded for each by its number, so that neither an interrupt nor
    which process chooses changes the choice. A trial is held by its process with a lock that the system lets go of
    when the process ends, however; so a trial that is not held is one to go on with.
    """

    def __init__(self, sweep: Sweep) -> None:
        optuna = require_optuna()
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.sweep = sweep
        journal = str(sweep.path / JOURNAL)
        writing: Any = Lock(sweep.path / LOCKS / "journal")
        self._taking = Lock(sweep.path / LOCKS / "taking")
        with writing:
            _mend(Path(journal))
        pruner = optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=sweep.warmup)
        try:
            self._study = optuna.create_study(
                storage=JournalStorage(JournalFileBackend(journal, lock_obj=writing)), study_name=sweep.path.name,
                direction="maximize" if sweep.higher_is_better else "minimize", pruner=pruner,
                sampler=optuna.samplers.RandomSampler(), load_if_exists=True)
        except (KeyError, ValueError) as error:
            raise StateError(f"{journal} is damaged: {error}; without it the sweep begins anew") from error

    def trials(self) -> "list[FrozenTrial]":
        """Return all trials so far."""
        found: list[FrozenTrial] = self._study.get_trials(deepcopy=False)
        return found

    @contextmanager
    def take(self, trials: int) -> Iterator[Taken | None]:
        """Hold a trial inside the ``with`` block: one that nobody goes on with, or a new one, or None.

        None: there are ``trials`` of them, and all are done or somebody's.
        """
        with ExitStack() as stack:
            with self._taking:
                found = self._next(trials)
                if found is not None:
                    stack.enter_context(RunFolder.reopened(self._claim(found.number)))
            yield None if found is None else self._taken(found)

    def at_work(self) -> set[int]:
        """Return the numbers of the trials that a process holds."""
        with self._taking:
            return {trial.number for trial in self.trials() if self._is_held(trial.number)}

    def tell(self, taken: Taken, value: float | None, state: str, reason: str = "") -> None:
        """End a trial: "COMPLETE" with its value, or "PRUNED" or "FAIL" for a reason."""
        taken.trial.set_user_attr("reason", reason)
        self._study.tell(taken.trial, value, require_optuna().trial.TrialState[state])

    def release(self, taken: Taken) -> None:
        """Leave a trial to whoever comes next: its process ends in peace."""
        taken.trial.set_user_attr("begun", 0)

    def _next(self, trials: int) -> "FrozenTrial | None":
        state = require_optuna().trial.TrialState
        known = self.trials()
        for trial in known:
            if trial.state != state.RUNNING or self._is_held(trial.number):
                continue
            if trial.user_attrs.get("begun", 0) < ATTEMPTS:
                return trial
            self.tell(self._taken(trial), None, "FAIL", f"its process died {ATTEMPTS} times")
        if len(known) >= trials:
            return None
        number = self._study.ask().number
        return next(trial for trial in self.trials() if trial.number == number)

    def _taken(self, found: "FrozenTrial") -> Taken:
        optuna = require_optuna()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)      # since 2.x, gone with 5
            self._study.sampler = optuna.samplers.TPESampler(
                seed=self.sweep.seeds(found.number)[0], multivariate=True, constant_liar=True)
        trial = optuna.trial.Trial(self._study, found._trial_id)     # the one way to go on with a trial as it is
        trial.set_user_attr("begun", found.user_attrs.get("begun", 0) + 1)
        return Taken(found.number, trial, tuple(found.intermediate_values))

    def _claim(self, number: int) -> Path:
        return self.sweep.path / LOCKS / f"{number:04}"

    def _is_held(self, number: int) -> bool:
        path = self._claim(number)
        return path.exists() and is_running(path)


def require_optuna() -> Any:
    """Return the module.

    Raises: StateError where it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise StateError("sweep needs Optuna 4 or newer, which is not installed; "
                         "pip install 'chainrule[sweep]'") from error
    return optuna


def _mend(journal: Path) -> None:
    """Cut off a last line that a full disk or a crash left half written, which would spoil the one after it."""
    if not journal.exists():
        return
    content = journal.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(journal, whole)
