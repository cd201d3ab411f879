"""Data sets from NumPy's own files: read whole from a .npz file, or left in .npy files that are larger than memory."""

from pathlib import Path

import numpy as np

from ..layers.core import Array, ShapeError, UnknownNameError
from .checks import check_finite
from .data_file import DataFileError
from .dataset import ArrayDataset
from .npy import read_npy, read_npz
from .preparation import Preparation

__all__ = ["npy_files", "npz_file"]


def npz_file(path: Path, x: str = "x", y: str | None = "y") -> ArrayDataset:
    """Return the arrays named ``x`` and ``y`` in a .npz file as a data set.

    Whole numbers in ``x`` stay what they are (tokens), bytes become float32 from 0 to 1 (images), other numbers
    float32; texts in ``y`` become classes, in alphabetical order. ``y: null``: the target is x itself.

    Shapes:
        x: (N, ...)
        y: (N, ...); numbers (N,) become (N, 1), as networks answer them

    Raises: DataFileError for the file, UnknownNameError for names that it does not have.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.savez(pathlib.Path(folder, "my.npz"), x=np.zeros((3, 2)), y=np.array(["b", "a", "b"]))
        ...     npz_file(pathlib.Path(folder, "my.npz")).y
        array([1, 0, 1])
    """
    arrays = read_npz(path)
    for name in (x,) if y is None else (x, y):
        if name not in arrays:
            raise UnknownNameError.of(f"array in {path}", name, arrays)
    return _dataset(arrays[x], arrays[x if y is None else y], path, "npz_file")


def npy_files(x: Path, y: Path | None = None) -> ArrayDataset:
    """Return two .npy files as a data set that stays in the files, for data larger than memory.

    What is float32 or whole numbers in the file is read a batch at a time; other numbers are converted at once, in
    memory, as ``npz_file`` does. Splitting a data set copies it, so give test data files of their own.

    Shapes:
        x: (N, ...)
        y: (N, ...); without it the target is x itself

    Raises: DataFileError for the files.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.save(pathlib.Path(folder, "x.npy"), np.zeros((3, 2), np.float32))
        ...     npy_files(pathlib.Path(folder, "x.npy"))
        ArrayDataset(3 samples, x (3, 2) float32, y (3, 2) float32)
    """
    inputs = read_npy(x, mapped=True)
    return _dataset(inputs, inputs if y is None else read_npy(y, mapped=True), x, "npy_files")


def _dataset(x: Array, y: Array, path: Path, owner: str) -> ArrayDataset:
    inputs = _numbers(x, "x", path, owner)
    if x is y:
        return ArrayDataset(inputs, inputs)
    if x.ndim == 0 or x.shape[:1] != y.shape[:1] or not len(x):
        raise ShapeError(f"{owner} expected x and y of {path} to have one row for each sample, equally many and at "
                         f"least one, got {x.shape} and {y.shape}")
    if y.dtype.kind not in "US":
        targets = y.astype(np.int64) if y.dtype.kind in "iub" else _numbers(y, "y", path, owner)
        return ArrayDataset(inputs, targets[:, None] if targets.dtype.kind == "f" and targets.ndim == 1 else targets)
    classes, targets = np.unique(y.astype(str), return_inverse=True)
    return ArrayDataset(inputs, targets.reshape(y.shape).astype(np.int64),
                        preparation=Preparation(classes=tuple(classes.tolist())))


def _numbers(array: Array, name: str, path: Path, owner: str) -> Array:
    """Return numbers as networks take them; an array that is so already is not copied."""
    if array.dtype.kind not in "fiub":
        raise DataFileError(f"{owner} expected {name} in {path} to be numbers, got {array.dtype}")
    if array.dtype == np.uint8:
        return array.astype(np.float32) / 255
    converted = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32, copy=False)
    check_finite(converted, name=f"{owner}: {name} in {path}")
    return converted
