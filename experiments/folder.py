"""The folder of a run: prepared out of sight, shown in one step, never over another, never half-written."""

import shutil
from datetime import datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from ..layers.core import write_atomically

__all__ = ["RunFolder"]


class RunFolder:
    """The folder ``<runs>/<name>-<time>``, with ``-2``, ``-3`` … behind it where that exists.

    Inside the ``with`` block files go to a hidden folder until ``show()`` gives it its name; if the block ends before,
    nothing is left of it.

    Example:
        >>> import tempfile
        >>> from chainrule.experiments.folder import RunFolder
        >>> with tempfile.TemporaryDirectory() as runs, RunFolder(runs, "digits") as folder:
        ...     folder.write("config.yaml", b"seed: 0")
        ...     folder.show()
        ...     sorted(file.name for file in folder.path.iterdir())
        ['config.yaml']
    """

    def __init__(self, runs: str | Path, name: str) -> None:
        self.runs = Path(runs)
        self.name = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
        self.path = self.runs / f".{self.name}-{uuid4().hex[:8]}"
        self.shown = False

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self.runs, *self.runs.parents) if not folder.exists()]
        self.path.mkdir(parents=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if not self.shown:
            shutil.rmtree(self.path, ignore_errors=True)
            for folder in self._made:
                if not any(folder.iterdir()):       # another run may have moved in
                    folder.rmdir()

    def show(self) -> None:
        """Give the folder its name, which no other folder has."""
        for number in count(1):
            target = self.runs / (self.name if number == 1 else f"{self.name}-{number}")
            if not target.exists():
                try:
                    self.path = self.path.rename(target)
                except OSError:
                    if not target.exists():     # else another run was faster by a moment
                        raise
                else:
                    self.shown = True
                    return

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file; a crash leaves the old content or the new, never a part."""
        write_atomically(self.path / name, content)
