"""The history of a run as files that grow with it: a line of JSON for each epoch, and a table."""

import csv
import io
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core import write_atomically
from ...training import JsonLines
from .folder import RunFolder

if TYPE_CHECKING:
    from ...training import Trainer

__all__ = ["Recorder"]

Row = dict[str, Any]


class Recorder(JsonLines):
    """Writes ``metrics.jsonl`` and ``metrics.csv``; the folder is shown with the first row: training has really begun.

    The table has what is a number or a text; a column that comes later is empty before. A run that goes on begins
    with the rows that it goes on from: later ones, and a line that a killed process left half written, come again.
    """

    def __init__(self, folder: RunFolder) -> None:
        super().__init__(folder.path / "metrics.jsonl")
        self.folder = folder
        self._columns: list[str] = []

    def on_fit_begin(self, trainer: "Trainer") -> None:
        """Leave the file as it is: what came before is known with the first epoch."""
        self._begun = False

    def on_epoch_begin(self, trainer: "Trainer") -> None:
        if not self._begun:
            self.write(trainer.history.rows)
            self._begun = True

    def on_epoch_end(self, trainer: "Trainer", row: Row) -> None:
        self.folder.show()
        self.path = self.folder.path / "metrics.jsonl"
        super().on_epoch_end(trainer, row)
        if list(_scalars(row)) == self._columns:
            with self.path.with_suffix(".csv").open("a", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(_scalars(row).values())
        else:
            self._write_table(trainer.history.rows)

    def write(self, rows: Sequence[Row]) -> None:
        """Write both files anew."""
        self.path = self.folder.path / "metrics.jsonl"
        write_atomically(self.path, "".join(map(self.line, rows)).encode())
        self._write_table(rows)

    def _write_table(self, rows: Sequence[Row]) -> None:
        self._columns = list({name: None for row in rows for name in _scalars(row)})
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, self._columns)
        table.writeheader()
        table.writerows(map(_scalars, rows))
        write_atomically(self.path.with_suffix(".csv"), text.getvalue().encode())


def _scalars(row: Row) -> Row:
    return {name: value for name, value in row.items() if isinstance(value, (Real, str, np.generic))}
