"""Tables of text: a CSV file divided into cells, with its delimiter and its header found or given, never guessed."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..layers.core import ValueRangeError
from .data_file import DataFileError, read_file

__all__ = ["MISSING", "CsvFormat", "Table", "is_number"]

LARGEST_TEXT = 200_000_000      # bytes of a file; a cell takes some 60 bytes while it is text
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?")     # cells that hold nothing
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def is_number(cell: str) -> bool:
    """Return whether a cell is a number in digits, as ``-1.5e3``: no words such as ``inf``, no thousands commas."""
    return _NUMBER.fullmatch(cell) is not None


class Table(NamedTuple):
    """The cells of a file, without surrounding blanks: names of the columns, rows, and the line each row ends on."""

    path: Path
    names: list[str]
    rows: list[list[str]]
    lines: list[int]
    has_header: bool

    def error(self, row: int, what: str) -> DataFileError:
        """Return an error at the line of a row."""
        return DataFileError(f"{self.path}:{self.lines[row]}: {what}")


@dataclass(frozen=True)
class CsvFormat:
    """How a CSV file is written; ``None`` is found out from the file, or refused where it could be read in two ways.

    Attributes:
        delimiter: what stands between two cells: a comma, a semicolon, a tab or a bar
        decimal:   the decimal point, or a comma
        header:    whether the first row has the names of the columns
        encoding:  of the text; a byte order mark is understood
    """

    delimiter: str | None = None
    decimal: str = "."
    header: bool | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in "\"\r\n"):
            raise ValueRangeError(f"csv_file expected delimiter as one character, got {self.delimiter!r}")
        if self.delimiter == self.decimal:
            raise ValueRangeError(f"csv_file expected delimiter and decimal to differ, got {self.decimal!r} for both")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ValueRangeError(f"csv_file expected encoding as one that Python knows, such as utf-8, cp1252 or "
                                  f"utf-16, got {self.encoding!r}") from None

    def read(self, path: Path) -> Table:
        """Return the cells of a file, one row after the other, all equally long.

        Raises: DataFileError, with the line, for everything that is not so.
        """
        text = self._decode(read_file(path, "csv_file", LARGEST_TEXT), path)
        rows, lines = _rows(text, self.delimiter or _find_delimiter(text, path), path)
        has_header = _has_header(rows, self.decimal) if self.header is None else self.header
        if len(rows) < 1 + has_header:
            raise DataFileError(f"csv_file expected {path} to hold rows below its names, got "
                                f"{'names only' if rows else 'an empty file'}")
        names = _names(rows[0], path) if has_header else [f"column_{number + 1}" for number in range(len(rows[0]))]
        return Table(path, names, rows[has_header:], lines[has_header:], has_header)

    def number(self, cell: str) -> float | None:
        """Return the number in a cell, or None if there is none."""
        digits = cell if self.decimal == "." else cell.replace(".", "x").replace(self.decimal, ".")
        return float(digits) if is_number(digits) else None

    def _decode(self, content: bytes, path: Path) -> str:
        marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
        encoding = next((name for mark, name in marked.items() if content.startswith(mark)), self.encoding)
        try:
            text = content.decode(encoding)
        except UnicodeError as error:
            line = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
            raise DataFileError(f"{path}:{line}: csv_file expected text in {encoding}, got bytes that are not; write "
                                f"encoding: cp1252 for a file of Excel, or save it as UTF-8") from None
        if "\0" in text:
            raise DataFileError(f"{path}:{text.count(chr(10), 0, text.index(chr(0))) + 1}: csv_file expected text, got "
                                f"a character U+0000; the file is no CSV file, or one of another encoding")
        return text


def _rows(text: str, delimiter: str, path: Path) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row) and len(row) < 2:
                continue        # an empty line
            if rows and len(row) != len(rows[0]):
                raise DataFileError(f"{path}:{reader.line_num}: csv_file expected {len(rows[0])} cells, as in the "
                                    f"first row, got {len(row)}; a cell with {_DELIMITERS.get(delimiter, delimiter)} "
                                    f"in it needs quotes")
            rows.append([cell.strip() for cell in row])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DataFileError(f"{path}:{reader.line_num}: csv_file can not divide this line into cells: {error}; quotes "
                            f"enclose whole cells and are doubled inside of them") from None
    return rows, lines


def _find_delimiter(text: str, path: Path) -> str:
    """Return the delimiter that divides the first rows into equally many cells, if only one does."""
    share: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(reader, 100) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            share[delimiter] = widths.count(widths[0]) / len(widths)
    best = [delimiter for delimiter in share if share[delimiter] == max(share.values())]
    if len(best) > 1:
        raise DataFileError(f"csv_file found that {' and '.join(_DELIMITERS[each] for each in best)} divide {path} "
                            f"equally well; say which one is meant, as in delimiter: {best[0]!r}")
    return best[0] if best else ","


def _has_header(rows: Sequence[Sequence[str]], decimal: str) -> bool:
    """Return whether the first row names the columns: it has a word above numbers, or nothing but words."""
    form = CsvFormat(delimiter="\x1f", decimal=decimal)
    if not rows:
        return False

    def number(cell: str) -> bool:
        return form.number(cell) is not None

    words = [column for column, cell in enumerate(rows[0]) if cell not in MISSING and not number(cell)]
    below = [[row[column] for row in islice(rows, 1, 1000) if row[column] not in MISSING] for column in words]
    return len(words) == len(rows[0]) or any(cells and all(map(number, cells)) for cells in below)


def _names(row: Sequence[str], path: Path) -> list[str]:
    names = [name or f"column_{number}" for number, name in enumerate(row, start=1)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataFileError(f"csv_file expected {path} to name each column once, got {twice!r} twice; write header: "
                            f"false if the first row is data")
    return names
