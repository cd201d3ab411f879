"""Starting the processes of a job, and ending all of them when one ends badly."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from types import FrameType, MappingProxyType, TracebackType
from typing import Any, Self

from ...layers.core import StateError
from .finding import MEMBERSHIP
from .shared_memory import share_memory

__all__ = ["Ended", "launch", "launch_mpi"]

_NOTHING: Mapping[str, str] = MappingProxyType({})
_LOOKING = 0.02         # seconds between two looks whether a process has ended
_PATIENCE = 10.0        # seconds that the others have to save what they must, once one has ended because it was told to


@dataclass(frozen=True)
class Ended:
    """How a job has ended.

    Attributes:
        code:     0, or the exit code of the process that ended badly, 128 + n if by signal n
        how:      which that was, and how it ended
        received: the signal that this process received and passed on, or None
    """

    code: int
    how: str
    received: signal.Signals | None


def launch(module: str, arguments: Sequence[str], size: int, environment: Mapping[str, str] = _NOTHING) -> Ended:
    """Run ``python -m module`` in ``size`` processes of this machine that share memory (``find_communicator``).

    When one ends badly, all end at once; when one ends well, but others wait for it, they end with an error. A signal
    that asks to end is passed on to all; a second one ends them at once.
    Rank 0 writes where this process does; of the others only standard error is shown, with the rank before each line.
    ``environment`` holds variables that they have besides those of this process.
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    with share_memory(size) as memory, _Job() as job:
        for rank in range(size):
            job.start(f"rank {rank}", command, partial(memory.say_left, rank), stdin=subprocess.PIPE,
                      pass_fds=memory.handles,
                      env={**os.environ, **environment, MEMBERSHIP: f"{rank} {size} {memory.name}"},
                      stdout=subprocess.DEVNULL if rank else None, stderr=subprocess.PIPE if rank else None)
        return job.wait()


def launch_mpi(module: str, arguments: Sequence[str], size: int, environment: Mapping[str, str] = _NOTHING) -> Ended:
    """Run ``mpiexec -n size python -m mpi4py -m module``, by the ``mpiexec`` beside this Python or else on the path.

    Raises: StateError where there is no mpi4py or no ``mpiexec``.
    """
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    mpiexec = shutil.which("mpiexec", path=beside)
    if mpiexec is None or find_spec("mpi4py") is None:
        raise StateError(f"expected {'mpi4py' if mpiexec else 'mpiexec'} to be installed; "
                         'pip install "chainrule[mpi]", or load the MPI of this machine and pip install mpi4py')
    with _Job() as job:
        job.start("mpiexec", [mpiexec, "-n", str(size), sys.executable, "-P", "-m", "mpi4py", "-m", module, *arguments],
                  lambda: None, stdin=subprocess.DEVNULL, env={**os.environ, **environment})
        return job.wait()


class _Job:
    """Processes that end together, at the latest with the ``with`` block."""

    def __enter__(self) -> Self:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended_well: dict[str, Callable[[], None]] = {}
        self._readers: list[Thread] = []
        self._received: signal.Signals | None = None
        self._before = {number: signal.signal(number, self._pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._kill()
        for process in self._processes.values():
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        for reader in self._readers:
            reader.join(1)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str], ended_well: Callable[[], None], **options: Any) -> None:
        """Start a process in a session of its own, which Ctrl-C reaches by way of this process alone.

        ``ended_well`` is called when it has ended with code 0.
        """
        process = subprocess.Popen(command, start_new_session=True, **options)
        self._processes[name], self._ended_well[name] = process, ended_well
        if process.stderr is not None:
            self._readers.append(Thread(target=_show, args=(name, process), daemon=True))
            self._readers[-1].start()

    def wait(self) -> Ended:
        """Return when all have ended well, or one has not."""
        deadline = None
        while True:
            codes = {name: process.poll() for name, process in self._processes.items()}
            for name in [name for name in self._ended_well if codes[name] == 0]:
                self._ended_well.pop(name)()
            bad = next(((name, code) for name, code in codes.items() if code), None)
            if bad is not None and deadline is None:
                deadline = time.monotonic() + (_PATIENCE if self._received is not None else 0)
            if None not in codes.values() or (deadline is not None and time.monotonic() >= deadline):
                break
            time.sleep(_LOOKING)
        if bad is None:
            return Ended(0, "ended", self._received)
        name, code = bad
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return Ended(128 - code if code < 0 else code, f"{name} {how}", self._received)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        again, self._received = self._received is not None, signal.Signals(number)
        if again or os.name == "nt":        # where nothing but an end can be passed on
            self._kill()
        else:
            for process in self._processes.values():
                process.send_signal(number)

    def _kill(self) -> None:
        for process in self._processes.values():
            process.kill()


def _show(name: str, process: "subprocess.Popen[bytes]") -> None:
    """Show what a process writes to standard error, with its name before each line."""
    if process.stderr is not None:
        for line in process.stderr:
            sys.stderr.write(f"[{name}] {line.decode(errors='replace')}")
            sys.stderr.flush()
        process.stderr.close()
