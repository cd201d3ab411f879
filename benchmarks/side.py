"""One library's process, seen from outside."""

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from typing import Any

from .workload import Unable

__all__ = ["Side", "environment", "pin"]

THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
                   "VECLIB_MAXIMUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NPROC")    # NPROC: XLA


def environment(threads: int) -> dict[str, str]:
    """Return the environment in which every library uses as many threads."""
    return {**os.environ, **dict.fromkeys(THREAD_SETTINGS, str(threads)), "JAX_PLATFORMS": "cpu",
            "PYTHONWARNINGS": "ignore"}


def pin(threads: int) -> None:
    """Keep this process and those it starts on as many processors, where the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


class Side:
    """A worker that has been told its workload; ``ask`` waits for its answer, so that only one computes at a time."""

    def __init__(self, workload: str, peer: str, threads: int, timeout: float = 900.0) -> None:
        self.peer, self.timeout = peer, timeout
        self.errors = tempfile.TemporaryFile("w+")          # noqa: SIM115  closed in quit()
        self.process = subprocess.Popen([sys.executable, "-m", "benchmarks.worker", workload, peer], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, bufsize=1,
                                        env=environment(threads))
        self.steps = 1

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises: Unable with the reason when the worker can not do it, has died, or takes too long.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the worker was started without pipes")
        try:
            self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
            ready, _, _ = select.select([self.process.stdout], [], [], self.timeout)
            line = self.process.stdout.readline() if ready else ""
        except BrokenPipeError:
            line, ready = "", [True]
        if not line:
            raise Unable(self._last_words() if ready else f"no answer to {command!r} in {self.timeout:.0f} s")
        answer: dict[str, Any] = json.loads(line)
        if "unable" in answer:
            raise Unable(answer["unable"].strip().splitlines()[0])
        return answer

    def warm(self, seconds: float) -> None:
        """Run steps for so long, and take as many for a block as fit into that time."""
        self.steps = max(1, round(seconds / self.ask("warm", seconds=seconds)["seconds"]))

    def quit(self) -> None:
        """End the worker."""
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def _last_words(self) -> str:
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return f"the process ended: {lines[-1] if lines else 'without a word'}"
