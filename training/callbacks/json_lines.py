"""The history as a file, written while training goes on."""

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .callback import Callback, Row

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["JsonLines"]


class JsonLines(Callback):
    """One line of JSON for each epoch, on disk when the epoch ends; ``null`` for what JSON has no number for.

    A new run begins the file anew, a run that continues (``trainer.epoch`` above 0) goes on at its end.
    """

    first_rank_only = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def on_fit_begin(self, trainer: "Trainer") -> None:
        if trainer.epoch == 0:
            self.path.write_text("")

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(self.line(row))

    def line(self, row: Row) -> str:
        """Return the line of a row."""
        return json.dumps(_plain(row), allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
