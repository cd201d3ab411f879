"""The log of a run: what was said on the way, each line with its time."""

import io
from datetime import datetime

from .folder import RunFolder

__all__ = ["Log"]


class Log(io.TextIOBase):
    """A stream into ``train.log`` in the folder of a run, which may get its name meanwhile."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def write(self, text: str) -> int:
        with (self.folder.path / "train.log").open("a", encoding="utf-8") as file:
            for line in filter(None, text.splitlines()):        # print writes the line's end by itself
                file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {line}\n")
        return len(text)

    def say(self, line: str) -> None:
        """Write a line."""
        self.write(line)
