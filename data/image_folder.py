"""A data set from a folder with one folder of images for each class."""

from pathlib import Path

import numpy as np

from ..layers.core import ValueRangeError
from .data_file import LARGEST, DataFileError
from .dataset import ArrayDataset
from .image import ImageFormat
from .preparation import Preparation

__all__ = ["image_folder"]

_ENDINGS = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".ppm", ".pgm", ".webp", ".tif", ".tiff"}


def image_folder(root: Path, size: int | tuple[int, int], color: bool = True) -> ArrayDataset:
    """Return the images below ``root/<class>/…``, scaled to ``size`` (height and width), in ``color`` or grey.

    Classes are the names of the folders, images stand in the order of theirs. Needs Pillow (extra ``image``).

    Shapes:
        x: (N, 3, height, width) float32, 0 … 1, or (N, 1, height, width) without ``color``
        y: (N,) int64, the folder, in alphabetical order

    Raises: DataFileError for a missing folder or a damaged image, ValueRangeError for images that fill too much memory.

    Source: the arrangement of torchvision.datasets.ImageFolder.

    Example:
        >>> image_folder("pets", size=32)
        Traceback (most recent call last):
        ...
        chainrule.data.data_file.DataFileError: image_folder expected ...pets to hold a folder of images for each ...
    """
    form = ImageFormat((size, size) if isinstance(size, int) else size, color)
    classes = sorted(entry.name for entry in Path(root).glob("*") if entry.is_dir() and not entry.name.startswith("."))
    found = [(place, path) for place, name in enumerate(classes) for path in sorted(Path(root, name).rglob("*"))
             if path.suffix.lower() in _ENDINGS and path.is_file()]
    empty = set(range(len(classes))) - {place for place, _ in found}
    if not found or empty:
        what = f"none in {', '.join(classes[place] for place in sorted(empty))}" if found else "none"
        raise DataFileError(f"image_folder expected {Path(root).absolute()} to hold a folder of images for each class "
                            f"({', '.join(sorted(_ENDINGS))}), got {what}")
    shape = (len(found), 3 if color else 1, *form.size)
    if np.prod(shape, dtype=float) * 4 > LARGEST:
        raise ValueRangeError(f"image_folder expected images that fill at most {LARGEST:,} bytes, got {len(found)} of "
                              f"size {form.size}; choose a smaller one")
    x = np.empty(shape, np.float32)
    for index, (_, path) in enumerate(found):
        x[index] = form.read(path)
    y = np.array([place for place, _ in found], np.int64)
    return ArrayDataset(x, y, preparation=Preparation(image=form, classes=tuple(classes)))
