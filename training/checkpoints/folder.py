"""A folder of checkpoints: the last few, of which a damaged one is passed over for the one before."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .file import CheckpointError, read_checkpoint, write_checkpoint

__all__ = ["CheckpointFolder", "Found"]

_NAME = re.compile(r"epoch-(\d{1,18})(?:-batch-(\d{1,18}))?\.safetensors")
_UNFINISHED = re.compile(r"\..+\.safetensors\.[0-9a-f]{32}")       # of a process that was killed while it wrote


class Found(NamedTuple):
    """A checkpoint that was read, and why newer ones could not be."""

    path: Path
    state: Mapping[str, Any]
    damaged: list[str]


class CheckpointFolder:
    """Checkpoints by epoch and batch: ``epoch-000012.safetensors``, ``epoch-000012-batch-000340.safetensors``.

    Example:
        >>> import tempfile
        >>> from chainrule.training.checkpoints import CheckpointFolder
        >>> with tempfile.TemporaryDirectory() as path:
        ...     folder = CheckpointFolder(path)
        ...     for epoch in (1, 2, 3):
        ...         folder.save({"epoch": epoch, "batch": 0}, keep=2)
        ...     [path.name for path in folder.paths()], folder.latest().state["epoch"]
        (['epoch-000002.safetensors', 'epoch-000003.safetensors'], 3)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def paths(self) -> list[Path]:
        """Return the checkpoints there are, oldest first."""
        if not self.path.is_dir():
            return []
        return sorted((path for path in self.path.iterdir() if _NAME.fullmatch(path.name)), key=_place)

    def save(self, state: Mapping[str, Any], keep: int) -> None:
        """Write a checkpoint, and then remove all but the last ``keep``, and what a killed process left unfinished.

        Raises: CheckpointError when that is not possible; all that was there is then there still.
        """
        batch = f"-batch-{state['batch']:06}" if state["batch"] else ""
        path = self.path / f"epoch-{state['epoch']:06}{batch}.safetensors"
        self.write(path.name, state)
        upto = [each for each in self.paths() if _place(each) <= _place(path)]
        unfinished = [each for each in self.path.iterdir() if _UNFINISHED.fullmatch(each.name)]
        for each in {*self.paths(), *unfinished} - {*upto[-keep:]}:      # later ones are of a past that was given up
            each.unlink(missing_ok=True)

    def write(self, name: str, state: Mapping[str, Any]) -> None:
        """Write a file of this name beside the others.

        Raises: CheckpointError when that is not possible.
        """
        try:
            self.path.mkdir(exist_ok=True)
            write_checkpoint(self.path / name, state)
        except OSError as error:
            kept = self.paths()
            rest = f"; the last one is {kept[-1]}" if kept else "; there is none yet"
            raise CheckpointError(f"checkpoint {self.path / name} can not be written: {error.strerror or error}{rest}"
                                  ) from error

    def latest(self) -> Found | None:
        """Return the newest checkpoint that is whole; None where there is none at all.

        Raises: CheckpointError when there are some, but all are damaged.
        """
        damaged: list[str] = []
        for path in reversed(self.paths()):
            try:
                return Found(path, read_checkpoint(path), damaged)
            except CheckpointError as error:
                damaged.append(str(error))
        if damaged:
            raise CheckpointError("; ".join(damaged))
        return None


def _place(path: Path) -> tuple[int, int]:
    found = _NAME.fullmatch(path.name)
    epoch, batch = found.groups() if found is not None else ("0", None)
    return int(epoch), int(batch or 0)
