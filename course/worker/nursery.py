"""The grader's hold on a warmed parent: hand a call over, get arrays or a named failure back, in time."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...layers.core import StateError, check_choice
from .inside import (
    LEVELS,
    MEGABYTE,
    Arrays,
    Limits,
    UnreadableError,
    read_message,
    write_message,
)
from .outcome import Failure, Outcome

__all__ = ["Nursery"]

GRACE = 1.0         # seconds that ending and tidying up may take
PROGRAM = "import sys; sys.path[:0] = {folders}; from inside import main; main()"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
                            "NUMEXPR_NUM_THREADS"), "1")


class Nursery:
    """A warmed parent process with a package in memory, from which every call gets a worker of its own.

    The worker has no files: modules come from ``texts``, ``{"package/module.py": text}``, NumPy and the standard
    modules that the parent loaded. ``level`` is one of ``LEVELS``, or None for the strongest that works here; the level
    reached is kept in its place. One call runs at a time; for more at once make more.

    Raises: UnknownNameError for an unknown level, StateError where it, or fork, can not be had.

    Example:
        >>> from chainrule.course.worker import Nursery
        >>> with Nursery({"double.py": "def answer(arguments, arrays): return {'y': 2 * arrays['x']}"}) as nursery:
        ...     nursery.run("double:answer", {}, {"x": np.ones(3)}).arrays
        {'y': array([2., 2., 2.])}
    """

    def __init__(self, texts: Mapping[str, str], level: str | None = None) -> None:
        if not hasattr(os, "fork"):
            raise StateError("Nursery needs fork, which this system has not; grade on Linux, macOS or in WSL")
        if level is not None:
            check_choice(level, LEVELS, name="level", owner="Nursery")
        self.texts, self.level = dict(texts), level
        self.folder = tempfile.TemporaryDirectory(prefix="worker-")
        self._start()

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warmed parent and remove its folder."""
        self._stop()
        self.folder.cleanup()

    def run(self, call: str, arguments: Any, arrays: Mapping[str, Any], *, texts: Mapping[str, str] | None = None,
            limits: Limits | None = None) -> Outcome:
        """Call ``"module:function"`` with JSON and arrays in a fresh worker, ``texts`` laid over the package."""
        limits, start = limits or Limits(), time.monotonic()
        message = write_message({"call": call, "arguments": arguments, "texts": dict(texts or {})}, arrays)
        if self.process.poll() is not None:     # ended with a call that went wrong
            self.control.close()
            self._start()
        try:
            pipe, of_worker = socket.socketpair()
            with pipe:
                with of_worker:
                    socket.send_fds(self.control, [json.dumps(vars(limits)).encode()], [of_worker.fileno()])
                answer = _exchange(pipe, message, start + limits.seconds + GRACE / 2, limits.answer * MEGABYTE)
            report = self._report(start + limits.seconds + GRACE)
        except BaseException:
            self._kill()
            raise
        arrays_or_none, failure = _judged(answer, report, limits)
        return Outcome(arrays_or_none, failure, time.monotonic() - start, report["processor"])

    def _start(self) -> None:
        self.control, of_parent = socket.socketpair()
        with of_parent:
            program = PROGRAM.format(folders=[str(Path(__file__).parent), str(Path(np.__file__).parents[1])])
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", program], stdin=of_parent.fileno(), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env=ONE_THREAD, cwd=self.folder.name, start_new_session=True)
        self.control.sendall(write_message(
            {"texts": self.texts, "level": self.level, "folder": self.folder.name}, {}))
        answer = self.control.recv(4096)
        if not answer:
            self._stop()
            self.folder.cleanup()
            raise StateError(f"workers at level {self.level!r} can not be had here")
        self.level = json.loads(answer)["level"]

    def _stop(self) -> None:
        self.control.close()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._kill()

    def _kill(self) -> None:
        self.control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)     # workers end with their parent
        self.process.wait()

    def _report(self, deadline: float) -> dict[str, Any]:
        """Return how the worker ended; a parent that does not tell is ended, and its workers with it."""
        self.control.settimeout(max(deadline - time.monotonic(), 0.01))
        try:
            line = self.control.recv(4096)
        except OSError as error:
            line, late = b"", isinstance(error, TimeoutError)
        else:
            late = False
        if not line:
            self._kill()
            return {"late": late, "code": None, "processor": 0.0}
        self.control.settimeout(None)
        report: dict[str, Any] = json.loads(line)
        return report


def _exchange(pipe: socket.socket, message: bytes, deadline: float, most: int) -> bytes | None:
    """Send a message and return what comes back until the pipe closes; None if that is more than allowed."""
    answer = bytearray()
    try:
        pipe.settimeout(max(deadline - time.monotonic(), 0.01))
        pipe.sendall(message)
        while len(answer) <= most:
            pipe.settimeout(max(deadline - time.monotonic(), 0.01))
            part = pipe.recv(2 ** 20)
            if not part:
                return bytes(answer)
            answer += part
    except OSError:
        return b""
    return None


def _judged(answer: bytes | None, report: dict[str, Any], limits: Limits) -> tuple[Arrays | None, Failure | None]:
    if answer is None:
        return None, Failure("size", text=f"more than {limits.answer} MB")
    if report["late"]:
        return None, Failure("time", text=f"more than {limits.seconds:g} s")
    if not answer:
        return None, Failure("ended", text=_ending(report["code"]))
    try:
        header, arrays = read_message(answer)
    except UnreadableError as error:
        return None, Failure("unreadable", text=str(error))
    if "raised" not in header:
        return arrays, None
    name, text = str(header["raised"])[:100], str(header.get("text", ""))[:2000]
    return None, Failure("memory" if name == "MemoryError" else "raised", name, text)


def _ending(code: int | None) -> str:
    if code is None:
        return "and its parent with it"
    return f"by signal {-code}" if code < 0 else f"with exit code {code}"
