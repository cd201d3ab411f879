"""What the columns of a table mean to a network: numbers as they are, words as one place for each, a column to predict.

It is learned from one table and kept, so that other tables are read in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..layers.core import Array, UnknownNameError, nearest
from .csv_text import MISSING, CsvFormat, Table
from .data_file import DataFileError

__all__ = ["Column", "Columns", "learn_column"]

_MOST_CATEGORIES = 100      # different words of a column; more are names or texts, which nothing is learned from
_LARGEST = float(np.finfo(np.float32).max)
_MOST_CLASSES = 20          # different whole numbers of a label that are taken for classes


@dataclass(frozen=True)
class Column:
    """A column of numbers, or of so many ``categories``, one place in the input for each."""

    name: str
    categories: tuple[str, ...] | None = None

    @property
    def width(self) -> int:
        """How many features it becomes."""
        return 1 if self.categories is None else len(self.categories)

    def encode(self, table: Table, form: CsvFormat) -> Array:
        """Return the column as features; a missing number is NaN, of a missing word's places none is 1.

        Shapes:
            return: (N, width) float64
        """
        cells = _cells(table, self.name)
        if self.categories is None:
            return np.array([self._number(table, row, cell, form) for row, cell in enumerate(cells)])[:, None]
        places = self.places(table, allow_missing=True)
        return np.asarray(places[:, None] == np.arange(self.width), np.float64)

    def places(self, table: Table, *, allow_missing: bool = False) -> Array:
        """Return the place of each cell among the categories; -1 for one that is missing, if that is allowed."""
        numbers = {category: place for place, category in enumerate(self.categories or ())}
        if allow_missing:
            numbers |= dict.fromkeys(MISSING, -1) | numbers
        cells = _cells(table, self.name)
        for row, cell in enumerate(cells):
            if cell not in numbers:
                raise table.error(row, f"csv_file knows no {cell[:80]!r} in column {self.name!r}"
                                       f"{nearest(cell[:80], numbers)}; known: {', '.join(numbers)[:200]}")
        return np.array([numbers[cell] for cell in cells], np.int64)

    def _number(self, table: Table, row: int, cell: str, form: CsvFormat) -> float:
        if cell in MISSING:
            return np.nan
        number = form.number(cell)
        if number is None or not abs(number) <= _LARGEST:
            raise table.error(row, f"csv_file expected a number in column {self.name!r}, "
                                   f"{'which float32 can hold, ' if number is not None else ''}got {cell[:80]!r}")
        return number


class Columns(NamedTuple):
    """The columns of a table that a network is fed, in the order in which it is, and how the table is written.

    Attributes:
        inputs:  what goes in
        label:   what should come out, if anything
        format:  how the file is written
        missing: whether missing cells are an error, make the row be left out, or are filled in by the column's mean
    """

    inputs: tuple[Column, ...]
    label: Column | None
    format: CsvFormat
    missing: str = "error"

    def features(self, table: Table) -> Array:
        """Return the inputs of each row, a missing number as NaN.

        Shapes:
            return: (N, features) float32

        Raises: DataFileError for a column that the table lacks, and, with the line, for a cell that does not fit.
        """
        return np.concatenate([column.encode(table, self.format) for column in self.inputs], axis=1).astype(np.float32)

    def targets(self, table: Table) -> Array:
        """Return the label of each row: (N,) int64 for classes, (N, 1) float32 for numbers."""
        if self.label is None:
            raise DataFileError(f"csv_file expected a label, got none for {table.path}")
        if self.label.categories is not None:
            return self.label.places(table)
        return self.label.encode(table, self.format).astype(np.float32)

    def complete(self, table: Table, *, labelled: bool = True) -> Table:
        """Return the table without the rows that lack something, or as it is where that is filled in.

        Raises: DataFileError for missing cells that nothing was said about.
        """
        wanted = [column.name for column in self.inputs] if self.missing != "mean" else []
        wanted += [self.label.name] if labelled and self.label is not None else []
        places = [(name, _place(table, name)) for name in wanted]
        kept = []
        for row, cells in enumerate(table.rows):
            lacking = next((name for name, place in places if cells[place] in MISSING), None)
            if lacking is not None and self.missing == "error":
                got = cells[_place(table, lacking)]
                raise table.error(row, f"csv_file expected a value in column {lacking!r}, got {got!r}; write missing: "
                                       f"drop to leave such rows out, or missing: mean to fill them in")
            if lacking is None:
                kept.append(row)
        if not kept:
            raise DataFileError(f"csv_file found no row in {table.path} that lacks nothing")
        return table._replace(rows=[table.rows[row] for row in kept], lines=[table.lines[row] for row in kept])

    def read(self, path: Path) -> Array:
        """Return the inputs of another file, with or without the label; rows can not be left out of it."""
        table = self.format.read(path)
        names = [column.name for column in self.inputs]
        if not table.has_header and len(table.names) == len(names):
            table = table._replace(names=names)         # the same columns without the label
        strict = self if self.missing == "mean" else self._replace(missing="error")
        return self.features(strict.complete(table, labelled=False))


def learn_column(table: Table, name: str, form: CsvFormat, *, kind: str = "auto", label: bool = False) -> Column:
    """Return what a column holds: numbers if every cell is one, else words; a label of few whole numbers is of classes.

    Raises: DataFileError for a column that is empty, of too many words to learn from, or of fractions with a word among
        them, or with a comma, which nobody means as words.
    """
    cells = _cells(table, name)
    found = sorted(set(cells) - set(MISSING))
    numbers = [form.number(cell) for cell in found]
    if not found:
        raise DataFileError(f"csv_file found no value in column {name!r} of {table.path}; write ignore: [{name}]")
    are_numbers = all(number is not None for number in numbers)
    few = len(found) <= _MOST_CLASSES and all(number is not None and number.is_integer() for number in numbers)
    if kind == "number" or (are_numbers and (not label or (kind == "auto" and not few))):
        return Column(name)
    if not are_numbers and kind == "auto":
        if form.decimal == "." and all(CsvFormat(";", ",").number(cell) is not None for cell in found):
            raise DataFileError(f"csv_file expected numbers with a point in column {name!r} of {table.path}, got "
                                f"{found[numbers.index(None)][:40]!r}; write decimal: ',', or take the commas out")
        fraction = next((number for number in numbers if number is not None and not number.is_integer()), None)
        if fraction is not None:
            words = {cell for cell, number in zip(found, numbers, strict=True) if number is None}
            row, word = next((row, cell) for row, cell in enumerate(cells) if cell in words)
            raise table.error(row, f"csv_file expected a number in column {name!r}, as {fraction} is one, got "
                                   f"{word[:40]!r}; repair it, leave the cell empty, or write ignore: [{name}]")
    if len(found) > (1000 if label else _MOST_CATEGORIES):
        fix = "write label_type: number" if label and are_numbers else f"write ignore: [{name}]"
        raise DataFileError(f"csv_file found {len(found)} different values in column {name!r} of {table.path}, which "
                            f"are too many {'classes' if label else 'categories'}, such as {found[0][:40]!r}; {fix}")
    if are_numbers:
        found.sort(key=lambda cell: form.number(cell) or 0.0)
    return Column(name, tuple(found))


def _place(table: Table, name: str) -> int:
    if name not in table.names:
        raise UnknownNameError.of(f"column of {table.path}", name, table.names)
    return table.names.index(name)


def _cells(table: Table, name: str) -> Sequence[str]:
    place = _place(table, name)
    return [row[place] for row in table.rows]
