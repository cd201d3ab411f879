"""MNIST, and every data set that comes in its four files: images of 28 × 28 grey values and their classes."""

from pathlib import Path

import numpy as np

from .data_file import DataFileError, find_file
from .dataset import ArrayDataset
from .idx import read_idx

__all__ = ["mnist"]

_SOURCE = ("https://ossci-datasets.s3.amazonaws.com/mnist/ (MNIST) or "
           "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/ (Fashion-MNIST)")


def mnist(root: Path, train: bool = True, flat: bool = False) -> ArrayDataset:
    """Return MNIST, 60,000 images to train on or 10,000 to test, from the folder ``root``; Fashion-MNIST is the same.

    The folder holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte`` and
    ``t10k-labels-idx1-ubyte``, packed (``.gz``) or not, or has them in ``MNIST/raw``, as torchvision leaves them.

    Shapes:
        x: (N, 1, 28, 28) float32, 0 … 1, or (N, 784) if ``flat``
        y: (N,) int64, 0 … 9

    Raises: DataFileError for missing files (it says where to get them: nothing is downloaded) and for damaged ones.

    Source: LeCun et al. 1998; arguments as in torchvision.datasets.MNIST.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "t10k-images-idx3-ubyte").write_bytes(
        ...         bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]) + bytes(2 * 28 * 28))
        ...     _ = pathlib.Path(folder, "t10k-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]))
        ...     mnist(folder, train=False)
        ArrayDataset(2 samples, x (2, 1, 28, 28) float32, y (2,) int64)
    """
    part = "train" if train else "t10k"
    images_path, labels_path = _find(Path(root), f"{part}-images", 3), _find(Path(root), f"{part}-labels", 1)
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.dtype != np.uint8 or images.ndim != 3 or not images.size or labels.dtype.kind == "f" \
            or labels.shape != images.shape[:1]:
        raise DataFileError(f"mnist expected images of (N, height, width) bytes and N labels, got {images.dtype} of "
                            f"shape {images.shape} in {images_path} and {labels.dtype} of shape {labels.shape} in "
                            f"{labels_path}")
    x = images.astype(np.float32) / 255
    return ArrayDataset(x.reshape(len(x), -1) if flat else x[:, None], labels.astype(np.int64))


def _find(root: Path, what: str, axes: int) -> Path:
    names = [f"{folder}{what}{dash}idx{axes}-ubyte{packed}" for folder in ("", "MNIST/raw/", "FashionMNIST/raw/")
             for dash in "-." for packed in ("", ".gz")]
    return find_file(root, names, "mnist", _SOURCE)
