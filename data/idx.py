"""IDX files, the format of MNIST: a magic number, sizes, and the numbers in one piece."""

import math
from pathlib import Path

import numpy as np

from ..layers.core import Array
from .data_file import LARGEST, DataFileError, exactly, read_file

__all__ = ["read_idx"]

_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0b: ">i2", 0x0c: ">i4", 0x0d: ">f4", 0x0e: ">f8"}


def read_idx(path: Path, largest: int = LARGEST) -> Array:
    """Return the array in an IDX file, packed by gzip or not, in the byte order of this machine.

    The file is two zeros, the type, the number of axes, a size of four bytes for each axis, then the numbers; nothing
    is made of them before sizes and length have been found to agree.

    Raises: DataFileError for a file that is missing, damaged, cut off, or longer than its sizes say.

    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, "File formats".

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "labels-idx1-ubyte")
        ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
        ...     read_idx(path)
        array([5, 0, 4], dtype=uint8)
    """
    content = read_file(path, "read_idx", largest)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _DTYPES:
        raise DataFileError(f"read_idx expected {path} to begin with the magic number of an IDX file, 00 00, a type "
                            f"and the number of axes, got {content[:4].hex(' ') or 'an empty file'}")
    dtype, axes = np.dtype(_DTYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataFileError(f"read_idx found {path} cut off inside the sizes of its {axes} axes")
    shape = tuple(int.from_bytes(content[at:at + 4], "big") for at in range(4, start, 4))
    exactly(start + math.prod(shape) * dtype.itemsize, content, f"{dtype.name} of shape {shape}", path, "read_idx")
    if len(shape) > 32:
        raise DataFileError(f"read_idx expected {path} to have at most 32 axes, got {len(shape)}")
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
