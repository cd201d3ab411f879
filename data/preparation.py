"""How a file of samples becomes what a network is fed, kept with the network, so that new files are read the same."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..layers.core import Array, DtypeError, NonFiniteError, ShapeError, UnknownNameError, write_atomically
from .columns import Column, Columns
from .csv_text import CsvFormat
from .data_file import DataFileError, damage, read_file
from .decorrelate import Decorrelate
from .image import ImageFormat
from .impute import Impute
from .npy import read_npy, read_npz
from .standardize import Standardize

__all__ = ["Preparation"]


@dataclass(frozen=True)
class Preparation:
    """What was done to samples before a network learned from them, to be done to others before it answers them.

    Attributes:
        columns:     what the columns of a table mean
        image:       how images are read
        classes:     the names of the classes, in the order of their numbers
        impute:      fills in missing numbers, as learned from the training data
        standardize: scales features, or mixes them, as learned from the training data
        target:      scales targets that are numbers, as learned from the training data; undone by ``answer``

    Example:
        >>> x = np.array([[1.0], [3.0]])
        >>> Preparation().fit(x, standardize=True).apply(x)
        array([[-1.],
               [ 1.]])
    """

    columns: Columns | None = None
    image: ImageFormat | None = None
    classes: tuple[str, ...] | None = None
    impute: Impute | None = None
    standardize: Standardize | Decorrelate | None = None
    target: Standardize | None = None

    @property
    def fills(self) -> bool:
        """Whether missing numbers, NaN, are to be filled in."""
        return self.columns is not None and self.columns.missing == "mean"

    def fit(self, x: Array, y: Array | None = None, *, standardize: bool | str = False) -> Self:
        """Return this preparation with all that is to be learned from the training data, and nothing else.

        ``standardize`` may also be ``"channels"``: one mean and scale for all pixels of a channel, or
        ``"decorrelate"``: features are mixed until they are independent of each other. With ``y`` the targets,
        numbers, are to be scaled.

        Raises: DtypeError for targets that are classes.
        """
        if y is not None and y.dtype.kind != "f":
            raise DtypeError(f"standardize_target expected targets that are numbers, got classes, of {y.dtype}; leave "
                             f"it out")
        impute = Impute().fit(x) if self.fills else None
        scale = None if not standardize else Decorrelate() if standardize == "decorrelate" else Standardize(
            per_channel=standardize == "channels")
        if scale is not None:
            scale.fit(x if impute is None else impute.transform(x))
        return replace(self, impute=impute, standardize=scale, target=None if y is None else Standardize().fit(y))

    def apply(self, x: Array) -> Array:
        """Return samples as the network is fed them: missing numbers filled in, features scaled."""
        for step in (self.impute, self.standardize):
            x = x if step is None else step.transform(x)
        return x

    def answer(self, prediction: Array) -> Array:
        """Return what a prediction means: the name of the likeliest class, or numbers as they were before scaling.

        Shapes:
            prediction: (N, C) scores of the classes, where they have names, or (N, ...) numbers
            return:     (N,) texts, or (N, ...) numbers
        """
        if self.classes is not None and prediction.ndim == 2 and prediction.shape[1] == len(self.classes):
            names: Array = np.array(self.classes)[prediction.argmax(axis=1)]
            return names
        return prediction if self.target is None else self.target.inverse_transform(prediction)

    def read(self, path: Path) -> Array:
        """Return the samples in a file as the network is fed them: a table (.csv, .tsv, .txt), arrays (.npz, which has
        ``x`` or only one, .npy), or an image.

        Raises: DataFileError for a file that is damaged, or of another kind than the network has learned from.
        """
        ending = Path(path).suffix.lower()
        if ending == ".npz":
            arrays = read_npz(path)
            if "x" not in arrays and len(arrays) != 1:
                raise UnknownNameError.of(f"array in {path}", "x", arrays)
            return self.apply(_as_numbers(arrays.get("x", next(iter(arrays.values()))), path))
        if ending == ".npy":
            return self.apply(_as_numbers(read_npy(path), path))
        if ending in (".csv", ".tsv", ".txt"):
            if self.columns is not None:
                return self.apply(self.columns.read(path))
            raise DataFileError(f"{path} is a table, but the network has not learned from one; give it a .npz or .npy "
                                f"file, or an image if it has learned from images")
        form = self.image
        if form is None:
            raise DataFileError(f"{path} is no .csv, .npz or .npy file, and the network has not learned from a folder "
                                f"of images")
        return self.apply(form.read(path)[None])

    def save(self, path: Path) -> None:
        """Write everything to a JSON file, atomically."""
        write_atomically(path, json.dumps(self.state_dict(), indent=1, ensure_ascii=False).encode())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what ``save`` has written.

        Raises: DataFileError for a file that is missing or damaged.
        """
        with damage(path, "Preparation", "a file of a preparation", ValueError, KeyError, TypeError, AttributeError,
                    RecursionError, NonFiniteError):
            return cls.from_state(json.loads(read_file(path, "Preparation", 100_000_000)))

    def state_dict(self) -> dict[str, Any]:
        """Return everything as plain values, which JSON can hold."""
        state: dict[str, Any] = {"classes": self.classes}
        if self.columns is not None:
            label, form = self.columns.label, self.columns.format
            state |= {"inputs": [vars(column) for column in self.columns.inputs], "label": label and vars(label),
                      "format": vars(form), "missing": self.columns.missing}
        if self.image is not None:
            state["image"] = vars(self.image)
        if self.impute is not None:
            state["impute"] = _plain(self.impute.state_dict())
        if self.standardize is not None:
            state["standardize"] = _plain(self.standardize.state_dict())
        if self.target is not None:
            state["target"] = _plain(self.target.state_dict())
        return state

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Return the preparation that has this ``state_dict``."""
        if "inputs" in state and not state["inputs"]:
            raise ValueError("it has no columns")
        columns = Columns(tuple(map(_column, state["inputs"])), state["label"] and _column(state["label"]),
                          CsvFormat(**state["format"]), str(state["missing"])) if "inputs" in state else None
        image = ImageFormat(tuple(state["image"]["size"]), state["image"]["color"]) if "image" in state else None
        impute = Impute().load_state_dict(_arrays(state["impute"])) if "impute" in state else None
        scale = (Decorrelate() if "matrix" in state["standardize"] else Standardize()).load_state_dict(
            _arrays(state["standardize"])) if "standardize" in state else None
        target = Standardize().load_state_dict(_arrays(state["target"])) if "target" in state else None
        return cls(columns, image, state["classes"] and tuple(map(str, state["classes"])), impute, scale, target)


def _as_numbers(x: Array, path: Path) -> Array:
    if x.dtype.kind not in "fiub" or x.ndim == 0:
        raise ShapeError(f"expected {path} to hold an array of numbers, one row for each sample, got {x.dtype} of "
                         f"shape {x.shape}")
    if x.dtype == np.uint8:
        return x.astype(np.float32) / 255
    return x.astype(np.int64 if x.dtype.kind in "iu" else np.float32)


def _column(state: dict[str, Any]) -> Column:
    return Column(str(state["name"]), state["categories"] and tuple(map(str, state["categories"])))


def _plain(state: dict[str, Array]) -> dict[str, Any]:
    return {name: value.tolist() for name, value in state.items()}


def _arrays(state: dict[str, Any]) -> dict[str, Array]:
    return {name: np.asarray(value, np.float64) for name, value in state.items()}
