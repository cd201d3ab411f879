"""A data set from a CSV file: numbers as they are, words one place for each, one column to be predicted."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ..layers.core import UnknownNameError, ValueRangeError
from .columns import Columns, learn_column
from .csv_text import CsvFormat
from .dataset import ArrayDataset
from .preparation import Preparation

__all__ = ["csv_file"]


def csv_file(path: Path, label: str | None = None, ignore: Sequence[str] = (),
             missing: Literal["error", "drop", "mean"] = "error",
             label_type: Literal["auto", "class", "number"] = "auto", delimiter: str | None = None,
             decimal: Literal[".", ","] = ".", header: bool | None = None, encoding: str = "utf-8",
             columns: Columns | None = None) -> ArrayDataset:
    """Return the rows of a CSV file; ``label`` is the column to be predicted, ``ignore`` are columns left out.

    A column of numbers is one feature, one of words (at most 100 different) has a feature for each word, 0 or 1; words
    among fractions are an error.
    Without ``label`` the target is x itself. ``missing`` says what becomes of rows that lack something; ``mean`` leaves
    NaN, to be filled in by ``Impute``. ``columns``, those of another data set's preparation, make both read alike.
    Delimiter and header are found out where that is beyond doubt; without header columns are ``column_1``, …

    Shapes:
        x: (N, features) float32
        y: (N,) int64, classes in the order of their names, for words and up to 20 whole numbers; else (N, 1) float32

    Raises: DataFileError, with the line, for a file that can not be read so; UnknownNameError for unknown columns.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "my.csv")
        ...     _ = path.write_text("length,colour,kind\\n1.5,red,cat\\n2,blue,dog\\n")
        ...     dataset = csv_file(path, label="kind")
        >>> dataset.x.tolist(), dataset.y.tolist()
        ([[1.5, 0.0, 1.0], [2.0, 1.0, 0.0]], [0, 1])
    """
    form = CsvFormat(delimiter, decimal, header, encoding)
    table = form.read(path)
    for name in (*ignore, *([] if label is None else [label])):
        if name not in table.names:
            raise UnknownNameError.of(f"column of {path}", name, table.names)
    if columns is None:
        inputs = [name for name in table.names if name != label and name not in ignore]
        if label in ignore or not inputs:
            raise ValueRangeError(f"csv_file expected {path} to have a column besides label and ignore, and label not "
                                  f"in ignore, got {', '.join(table.names)}")
        columns = Columns(
            tuple(learn_column(table, name, form) for name in inputs),
            None if label is None else learn_column(table, label, form, kind=label_type, label=True),
            replace(form, header=table.has_header), missing)
    table = columns.complete(table)
    x = columns.features(table)
    classes = None if columns.label is None else columns.label.categories
    y = x if columns.label is None else columns.targets(table)
    return ArrayDataset(x, y, preparation=Preparation(columns, classes=classes))
