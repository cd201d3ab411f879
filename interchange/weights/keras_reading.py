"""Keras's files read without Keras: the variables of every layer in a file of HDF5, by the kind of layer."""

import io
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...data.data_file import DataFileError, damage, read_file
from ...layers.core import Array
from ...layers.core.optional import h5py

__all__ = ["Variables", "read_keras"]

_WEIGHTS = "model.weights.h5"


class Variables(NamedTuple):
    """The variables of one layer in Keras's order, such as kernel and bias; its kind is that of its group's name."""

    kind: str
    number: int
    arrays: tuple[Array, ...]


def read_keras(path: Path) -> list[Variables]:
    """Return the variables of all layers in a ``.keras`` or ``.weights.h5`` file of Keras 3.

    Such files call layers by kind and number (``dense``, ``dense_1``), in the order in which a model has them.

    Raises: DataFileError for a file that is damaged, older, or has models inside of models; MissingLibraryError
    without h5py.

    Source: the layout of ``keras.saving`` 3.

    Example:
        >>> from chainrule.interchange.weights.keras_reading import Variables
        >>> Variables("dense", 0, (np.ones((3, 2)), np.zeros(2))).arrays[0].shape
        (3, 2)
    """
    content, opened = read_file(path, "read_keras"), h5py.File
    with damage(path, "read_keras", "a file of Keras 3", zipfile.BadZipFile, KeyError, OSError, ValueError,
                RuntimeError, TypeError):
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if archive.getinfo(_WEIGHTS).compress_type != zipfile.ZIP_STORED:
                    raise ValueError(f"{_WEIGHTS} is packed, which Keras does not do")
                content = archive.read(_WEIGHTS)
        with opened(io.BytesIO(content), "r") as file:
            if "layers" not in file:
                raise DataFileError(f"read_keras expected {path} to be a .keras or .weights.h5 file of Keras 3, got "
                                    f"one without layers; load it in Keras 3 and save it again")
            found = [_variables(name, group, path) for name, group in file["layers"].items()]
    return sorted((variables for variables in found if variables.arrays), key=lambda each: (each.kind, each.number))


def _variables(name: str, group: Any, path: Path) -> Variables:
    if "layers" in group:
        raise DataFileError(f"read_keras found a model inside of the model in {path}, {name!r}; put its layers into "
                            f"the outer one and save that")
    kind, _, number = name.rpartition("_")
    kind, number = (kind, number) if number.isdigit() else (name, "0")
    holder = group.get("cell", group)          # of recurrent layers
    places = holder["vars"]
    arrays = tuple(np.asarray(places[key][()]) for key in sorted(places, key=int) if places[key].dtype.kind == "f")
    return Variables(kind, int(number), arrays)
