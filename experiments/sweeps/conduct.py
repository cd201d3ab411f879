"""A sweep from where it stands to its end: the processes at work on it, and what came of it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, Signals

from ...layers.core import StateError, check_size
from ...layers.kernels import get_num_threads
from ..binding import loaded_plugins
from .outcome import TrialRow, conclude
from .plan import Sweep, plan_sweep
from .study import Study, require_optuna
from .work import work

__all__ = ["Swept", "sweep"]


@dataclass(frozen=True)
class Swept:
    """A sweep that has ended, or was interrupted.

    Attributes:
        sweep:  what it is, with its folder
        rows:   its trials, the finished ones first, best to worst
        signal: what interrupted it, or None
        deaths: how the processes ended that did not end well
    """

    sweep: Sweep
    rows: list[TrialRow]
    signal: Signals | None
    deaths: tuple[str, ...] = ()

    @property
    def best(self) -> TrialRow | None:
        """The best trial that has finished."""
        return self.rows[0] if self.rows and self.rows[0].status == "finished" else None


def sweep(config: str | Path, parameters: Iterable[str], overrides: Iterable[str] = (), *, trials: int = 20,
          jobs: int = 1, monitor: str | None = None, prune: bool = True, same_seed: bool = False,
          sweeps: str | Path = "sweeps", say: Callable[[str], None] = print) -> Swept:
    """Search for good values of a config: ``trials`` runs with values of their own, each in the sweep's folder.

    The same sweep goes on where it was left, trials that were cut off first; several processes, also on several
    machines that share the folder, work on it together. ``jobs`` are processes, among which the threads are shared.

    Raises: ConfigError with all that is wrong with config and parameters, before anything is made.

    Example:
        >>> from chainrule.experiments import sweep
        >>> found = sweep("digits_mlp", ["optimizer.lr=log:1e-4:1e-1"], trials=20)         # doctest: +SKIP
        >>> found.best.values                                                              # doctest: +SKIP
        {'optimizer.lr': 0.0083}
    """
    require_optuna()
    check_size(trials, "trials", "sweep")
    if check_size(jobs, "jobs", "sweep") > 1 and os.name == "nt":
        raise StateError("sweep expected jobs=1 on Windows, where nothing tells a trial at work from one whose process "
                         f"was killed, got {jobs}")
    planned = plan_sweep(config, parameters, overrides, monitor=monitor, prune=prune, same_seed=same_seed,
                         sweeps=sweeps)
    planned.write()
    done = sum(trial.state.is_finished() for trial in Study(planned).trials())
    if done:
        say(f"goes on in {planned.path}: {done} of {trials} trials are done")
    deaths: tuple[str, ...] = ()
    try:
        if jobs == 1:
            signal = work(planned, trials, say)
        else:
            signal, deaths = None, _work_together(planned, trials, jobs)
    except KeyboardInterrupt:
        signal = SIGINT
    return Swept(planned, conclude(planned, Study(planned)), signal, deaths)


def _work_together(sweep: Sweep, trials: int, jobs: int) -> tuple[str, ...]:
    """Let processes work until all is done, and return how those ended that did not end well.

    They end between two steps when their standard input does: when this process says so, or dies. Ctrl-C does not
    reach them but through it, or it would reach them twice.
    """
    threads = str(max(1, get_num_threads() // jobs))
    command = [sys.executable, "-P", "-m", str(__package__), str(sweep.path), str(trials), threads, *loaded_plugins()]
    environment = {**os.environ, "OMP_NUM_THREADS": threads}
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)
               for _ in range(jobs)]
    try:
        for worker in workers:
            worker.wait()
    except BaseException:
        try:
            for worker in workers:
                if worker.stdin is not None:
                    worker.stdin.close()
            for worker in workers:
                worker.wait()
        except KeyboardInterrupt:       # once more: at once, and from the last checkpoint another time
            for worker in workers:
                worker.kill()
                worker.wait()
        raise
    finally:
        for worker in workers:
            with contextlib.suppress(OSError):
                if worker.stdin is not None:
                    worker.stdin.close()
    return tuple(f"killed by {Signals(-worker.returncode).name}" if worker.returncode < 0 else
                 f"ended with code {worker.returncode}" for worker in workers if worker.returncode)
