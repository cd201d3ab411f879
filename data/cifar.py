"""CIFAR-10 and CIFAR-100, 60,000 colour images of 32 × 32 pixels, from either form in which they are distributed."""

from pathlib import Path
from typing import Any

import numpy as np

from ..layers.core import Array
from .data_file import DataFileError, damage, find_file, read_file
from .dataset import ArrayDataset
from .opcodes import OpcodeError, read_opcodes
from .pickled_array import NUMPY, PickledArray
from .preparation import Preparation

__all__ = ["cifar10", "cifar100"]

_SOURCE = "https://www.cs.toronto.edu/~kriz/cifar.html (python or binary version, unpacked)"
_PIXELS = 3 * 32 * 32
_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def cifar10(root: Path, train: bool = True) -> ArrayDataset:
    """Return CIFAR-10, 50,000 images to train on or 10,000 to test, from the folder ``root``.

    In it, or in ``cifar-10-batches-py`` or ``cifar-10-batches-bin`` below it, stand ``data_batch_1`` to ``_5`` and
    ``test_batch``, without ending (the python version) or with ``.bin`` (the binary one). The python version is
    pickled; it is read by an interpreter that finds no classes and runs nothing.

    Shapes:
        x: (N, 3, 32, 32) float32, 0 … 1
        y: (N,) int64, 0 … 9

    Raises: DataFileError for missing files (it says where to get them: nothing is downloaded) and for damaged ones.

    Source: Krizhevsky 2009; arguments as in torchvision.datasets.CIFAR10.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "test_batch.bin").write_bytes(bytes(2 * 3073))
        ...     cifar10(folder, train=False)
        ArrayDataset(2 samples, x (2, 3, 32, 32) float32, y (2,) int64)
    """
    names = [f"data_batch_{number}" for number in range(1, 6)] if train else ["test_batch"]
    paths = [_find(root, name, "cifar10", "cifar-10-batches-py", "cifar-10-batches-bin") for name in names]
    return _dataset([_read(path, "cifar10", ["labels"], 0, 10) for path in paths], Preparation(classes=_CLASSES))


def cifar100(root: Path, train: bool = True, coarse: bool = False) -> ArrayDataset:
    """Return CIFAR-100, 50,000 images to train on or 10,000 to test, from the folder ``root``.

    In it, or in ``cifar-100-python`` or ``cifar-100-binary`` below it, stand ``train`` and ``test``, without ending
    (the python version) or with ``.bin`` (the binary one).

    Shapes:
        x: (N, 3, 32, 32) float32, 0 … 1
        y: (N,) int64, 0 … 99, or with ``coarse`` the group of classes, 0 … 19

    Raises: DataFileError for missing files (it says where to get them: nothing is downloaded) and for damaged ones.

    Source: Krizhevsky 2009.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "train.bin").write_bytes(bytes(2 * 3074))
        ...     cifar100(folder, coarse=True)
        ArrayDataset(2 samples, x (2, 3, 32, 32) float32, y (2,) int64)
    """
    path = _find(root, "train" if train else "test", "cifar100", "cifar-100-python", "cifar-100-binary")
    labels = ["coarse_labels", "fine_labels"]
    part = _read(path, "cifar100", labels, 0 if coarse else 1, 20 if coarse else 100)
    return _dataset([part], Preparation())


def _find(root: Path, name: str, owner: str, python: str, binary: str) -> Path:
    names = [name, f"{name}.bin", f"{python}/{name}", f"{binary}/{name}.bin"]
    return find_file(Path(root), names, owner, _SOURCE)


def _dataset(parts: list[tuple[Array, Array]], preparation: Preparation) -> ArrayDataset:
    pixels = np.concatenate([pixels for pixels, _ in parts]).reshape(-1, 3, 32, 32)
    y = np.concatenate([labels for _, labels in parts]).astype(np.int64)
    return ArrayDataset(pixels.astype(np.float32) / 255, y, preparation=preparation)


def _read(path: Path, owner: str, labels: list[str], wanted: int, classes: int) -> tuple[Array, Array]:
    """Return images as rows of bytes, and the labels of the kind ``labels[wanted]``."""
    content = read_file(path, owner)
    reader = _read_binary if path.suffix == ".bin" else _read_python
    with damage(path, owner, "a file of CIFAR", OpcodeError):
        pixels, found = reader(content, labels, wanted)
    if not len(found) or pixels.shape != (len(found), _PIXELS) or pixels.dtype != np.uint8:
        raise DataFileError(f"{owner} expected {path} to hold N images of {_PIXELS} bytes and N labels, got "
                            f"{pixels.dtype} of shape {pixels.shape} and {len(found)} labels")
    if found.min() < 0 or found.max() >= classes:
        raise DataFileError(f"{owner} expected {path} to have labels from 0 to {classes - 1}, got {found.min()} to "
                            f"{found.max()}")
    return pixels, found


def _read_binary(content: bytes, labels: list[str], wanted: int) -> tuple[Array, Array]:
    record = len(labels) + _PIXELS
    if not content or len(content) % record:
        raise OpcodeError(f"{len(content)} bytes are not a number of records of {record}")
    records = np.frombuffer(content, np.uint8).reshape(-1, record)
    return records[:, len(labels):], records[:, wanted]


def _read_python(content: bytes, labels: list[str], wanted: int) -> tuple[Array, Array]:
    batch = read_opcodes(content, NUMPY)
    entries: dict[Any, Any] = batch if isinstance(batch, dict) else {}
    named = {key.decode("latin-1") if isinstance(key, bytes) else key: value for key, value in entries.items()}
    pixels, found = named.get("data"), named.get(labels[wanted])
    if not isinstance(pixels, PickledArray) or not isinstance(found, list) \
            or not all(type(label) is int and 0 <= label < 256 for label in found):
        raise OpcodeError(f"no dict of data, an array, and {labels[wanted]}, a list of small whole numbers")
    return pixels.array(), np.array(found, np.int64)
