"""What somebody's data are: found out by looking at them, with the reasons for what is left out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ...data import ArrayDataset, DataFileError, Text, cifar10, csv_file, image_folder, mnist, npz_file, text_file
from ...data.columns import learn_column
from ...data.csv_text import MISSING, CsvFormat, Table
from ...data.data_file import MissingDataError
from ...layers.core import UnknownNameError
from .lines import Line, quoted

__all__ = ["Source", "find_source"]

_LABELS = ("label", "labels", "target", "class", "y", "outcome", "category", "species", "diagnosis", "output")
_TABLES = {".csv", ".tsv"}
_SIDE = 32          # of images, in pixels


@dataclass(frozen=True)
class Source:
    """A data set, the name and arguments by which a config names it, and what was seen in it.

    Attributes:
        dataset:   its samples
        name:      of the function that reads it
        arguments: of that function besides the path, each with the reason for it
        described: what it is, for the first line of the config
        file:      what the path of the data is followed by, where they are a folder
        test_file: the same for a test data set of its own
        argument:  the name of the argument that is the path
        is_images: whether samples are images
        mirrors:   whether an image seen in a mirror shows the same thing, as a digit does not
    """

    dataset: ArrayDataset
    name: str
    arguments: dict[str, tuple[str, str]]
    described: str
    file: str = ""
    test_file: str = ""
    argument: str = "path"
    is_images: bool = False
    mirrors: bool = True
    test_arguments: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def classes(self) -> int | None:
        """How many classes there are; None for numbers."""
        names = self.dataset.preparation.classes
        if self.dataset.y.dtype.kind == "f":
            return None
        return int(self.dataset.y.max()) + 1 if names is None else len(names)

    @property
    def rarest(self) -> int:
        """How many samples the rarest class has."""
        return int(np.bincount(self.dataset.y, minlength=self.classes or 0).min())

    @property
    def most(self) -> int:
        """How many samples the most frequent class has."""
        return int(np.bincount(self.dataset.y).max())

    @property
    def is_text(self) -> bool:
        """Whether it is a text."""
        return isinstance(self.dataset, Text)

    @property
    def has_test_file(self) -> bool:
        """Whether there is a test data set of its own."""
        return bool(self.test_file or self.test_arguments)

    @property
    def vocabulary(self) -> int:
        """How many different characters a text has."""
        return len(self.dataset.characters) if isinstance(self.dataset, Text) else 0

    @property
    def window(self) -> int:
        """How many characters of a text are read at a time."""
        return int(self.dataset.x.shape[1])

    @property
    def prompt(self) -> str:
        """What a text begins with."""
        return self.dataset.characters.decode(self.dataset.x[0][:10]) if isinstance(self.dataset, Text) else ""

    def lines(self, where: Path, indent: str, test: bool = False) -> Iterator[Line]:
        """Yield the lines that name it in a config, from the path to the data as the config is to write it."""
        path = where / (self.test_file if test else self.file)
        yield Line(f"{indent}{self.name}:")
        yield Line(f"{indent}  {self.argument}: {quoted(path.as_posix())}", "from the folder of this file")
        for argument, (value, reason) in {**self.arguments, **(self.test_arguments if test else {})}.items():
            yield Line(f"{indent}  {argument}: {value}", reason)


def find_source(data: Path, label: str | None) -> Source:
    """Return what the file or folder ``data`` holds.

    Raises: DataFileError for something else than tables, arrays, texts and images.
    """
    ending = data.suffix.lower()
    if data.is_dir():
        return _folder(data, label)
    if ending in _TABLES:
        return _table(data, label)
    if label is not None:
        raise DataFileError(f"new expected --label for tables only, got {label!r} for {data}")
    if ending == ".npz":
        dataset = npz_file(data)
        return Source(dataset, "npz_file", {}, _described(dataset, "y"), is_images=dataset.x.ndim == 4
                      and dataset.x.shape[1] in (1, 3) and min(dataset.x.shape[2:]) >= 8)
    if ending == ".txt":
        dataset = text_file(data)
        return Source(dataset, "text_file", {}, f"a text of about {dataset.x.size:,} characters, which is learned to "
                                                f"be continued")
    raise DataFileError(f"new expected --data as a table (.csv, .tsv), arrays (.npz), a text (.txt), or a folder of "
                        f"images, tables, or MNIST or CIFAR, got {data}; save a spreadsheet as CSV")


def _folder(data: Path, label: str | None) -> Source:
    test: dict[str, tuple[str, str]] = {"train": ("false", "the test images")}
    for name, reader, mirrors in (("mnist", mnist, False), ("cifar10", cifar10, True)):
        try:
            dataset = reader(data)
        except MissingDataError:
            continue
        return Source(dataset, name, {}, _described(dataset, "the class"), argument="root", is_images=True,
                      mirrors=mirrors, test_arguments=test)
    tables = sorted(path.name for path in data.iterdir() if path.suffix.lower() in _TABLES)
    if tables:
        by_name = {Path(name).stem.lower(): name for name in tables}
        if len(tables) == 1:
            return _table(data / tables[0], label, tables[0])
        if set(by_name) == {"train", "test"}:
            return _table(data / by_name["train"], label, by_name["train"], by_name["test"])
        raise DataFileError(f"new found several tables in {data}: {', '.join(tables)}; name one as --data, or call two "
                            f"of them train.csv and test.csv and leave no other there")
    dataset = image_folder(data, _SIDE)
    return Source(dataset, "image_folder", {"size": (str(_SIDE), "height and width that all are scaled to")},
                  _described(dataset, "the folder"), argument="root", is_images=True)


def _table(path: Path, label: str | None, file: str = "", test_file: str = "") -> Source:
    table = CsvFormat().read(path)
    if label is not None and label not in table.names:
        raise UnknownNameError.of(f"column of {path} as --label", label, table.names)
    named = next((name for name in table.names if name.lower() in _LABELS), table.names[-1])
    wanted, reason = (label, "") if label is not None else (named, ", a guess: --label says which")
    ignored = _ignored(table, wanted)
    lacking = sum(any(cell in MISSING for cell, name in zip(row, table.names, strict=True) if name not in ignored)
                  for row in table.rows)
    options: dict[str, Any] = {"label": wanted, "ignore": list(ignored), "missing": "mean" if lacking else "error"}
    dataset = csv_file(path, **options)
    classes = dataset.preparation.classes
    arguments = {"label": (quoted(wanted), f"the column to be predicted{reason}"),
                 "label_type": ("number", "or class") if classes is None else
                 ("class", f"of {', '.join(map(quoted, classes[:4]))}{', …' * (len(classes) > 4)}")}
    if ignored:
        arguments["ignore"] = (f"[{', '.join(map(quoted, ignored))}]", "; ".join(dict.fromkeys(ignored.values())))
    if lacking:
        arguments["missing"] = ("mean", f"{lacking} rows lack something; drop: leave them out")
    return Source(dataset, "csv_file", arguments, _described(dataset, quoted(wanted)), file, test_file)


def _ignored(table: Table, label: str) -> dict[str, str]:
    """Return the columns that nothing can be learned from, each with the reason."""
    found = {}
    for place, name in enumerate(table.names):
        cells = [row[place] for row in table.rows]
        different = len(set(cells) - set(MISSING))
        try:
            column = learn_column(table, name, CsvFormat())
        except DataFileError:
            if name != label:
                found[name] = "nothing in it" if not different else "too many different words to learn from"
            continue
        words = column.categories is not None
        counts = name.lower() in ("id", "index", "no", "nr", "column_1") and not words and different == len(cells)
        if name != label and (counts or different < 2 or (words and different > max(20, len(cells) // 10))):
            found[name] = "a number for each row" if counts else "always the same" if different < 2 else \
                f"{different} different words, too few rows of each"
    return found


def _described(dataset: ArrayDataset, label: str) -> str:
    classes = dataset.preparation.classes
    if dataset.y.dtype.kind == "f":
        what = "a number" if dataset.y[0].size == 1 else f"{dataset.y[0].size} numbers"
    else:
        what = f"one of {len(Counter(dataset.y.tolist())) if classes is None else len(classes)} classes"
    return f"{len(dataset):,} samples, from which {label} is learned, {what}"
