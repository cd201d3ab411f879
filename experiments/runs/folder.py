"""The folder of a run: prepared out of sight, shown in one step, never over another, and one process at a time."""

import os
import re
import shutil
import time
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from ...layers.core import StateError, write_atomically

try:
    import fcntl
except ImportError:     # Windows, where nobody holds a second process off
    _LOCKS = False
else:
    _LOCKS = True

__all__ = ["NOTE", "RunFolder", "is_running"]

NOTE = "CHAINRULE_RUN_NOTE"       # environment variable: a file, to which the path of a run that is shown is written

_HIDDEN = re.compile(r"\..+-\d{8}-\d{6}-\w+-[0-9a-f]{8}")


class RunFolder:
    """The folder ``<runs>/<name>-<time>-<mark>``, with ``-2``, ``-3`` … behind it where that exists.

    Inside the ``with`` block files go to a hidden folder until ``show()`` gives it its name; if the block ends before,
    nothing is left of it; what a process left that was killed then, the next one clears away. The block belongs to one
    process; the system ends that when the process ends, however.

    Raises: StateError for a folder in which another process is at work.

    Example:
        >>> import tempfile
        >>> from chainrule.experiments.runs.folder import RunFolder
        >>> with tempfile.TemporaryDirectory() as runs, RunFolder(runs, "digits", "3f9a") as folder:
        ...     folder.write("config.yaml", b"seed: 0")
        ...     folder.show()
        ...     sorted(file.name for file in folder.path.iterdir())
        ['config.yaml']
    """

    def __init__(self, runs: str | Path, name: str, mark: str) -> None:
        self.runs = Path(runs)
        self.name = f"{name}-{datetime.now():%Y%m%d-%H%M%S}-{mark}"
        self.path = self.runs / f".{self.name}-{uuid4().hex[:8]}"
        self.shown = False
        self._handle: int | None = None

    @classmethod
    def reopened(cls, path: Path) -> Self:
        """Return the folder of a run that goes on."""
        folder = cls(path.parent, "", "")
        folder.name, folder.path, folder.shown = path.name, path, True
        return folder

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self.runs, *self.runs.parents) if not folder.exists()]
        self.path.mkdir(parents=True, exist_ok=self.shown)
        self._handle = _hold(self.path)
        if not self.shown:
            self._clear_away()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._handle is not None:
            os.close(self._handle)
        if not self.shown:
            shutil.rmtree(self.path, ignore_errors=True)
            for folder in self._made:
                if not any(folder.iterdir()):       # another run may have moved in
                    folder.rmdir()

    def _clear_away(self) -> None:
        """Remove the hidden folders of processes that were killed before they had anything to show."""
        for left in self.runs.glob(".*"):
            with suppress(OSError, StateError):     # another process is faster, or at work there
                if not _HIDDEN.fullmatch(left.name) or time.time() - left.stat().st_mtime < 60:
                    continue
                if (handle := _hold(left)) is not None:
                    shutil.rmtree(left, ignore_errors=True)
                    os.close(handle)

    def show(self) -> None:
        """Give the folder its name, which no other folder has; nothing where it has one."""
        for number in count(1):
            if self.shown:
                return
            target = self.runs / (self.name if number == 1 else f"{self.name}-{number}")
            if not target.exists():
                try:
                    self.path = self.path.rename(target)
                except OSError:
                    if not target.exists():     # else another run was faster by a moment
                        raise
                else:
                    self.shown = True
                    if NOTE in os.environ:
                        write_atomically(Path(os.environ[NOTE]), str(self.path.resolve()).encode())

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file; a crash leaves the old content or the new, never a part."""
        write_atomically(self.path / name, content)


def is_running(path: Path) -> bool:
    """Return whether a process is at work in the folder of a run; where systems do not know, False."""
    try:
        handle = _hold(path)
    except StateError:
        return True
    if handle is not None:
        os.close(handle)
    return False


def _hold(path: Path) -> int | None:
    """Hold a folder until the handle is closed or the process ends."""
    if not _LOCKS:
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise StateError(f"{path} belongs to a process that is at work; wait for it, or end it first") from None
        return None         # a file system that knows no locks
    return handle
