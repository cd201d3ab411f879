"""NumPy's own files: one array (.npy), mapped into memory instead of read where it is large, or several (.npz)."""

import io
import math
import zipfile
import zlib
from ast import literal_eval
from pathlib import Path
from struct import calcsize, unpack
from struct import error as StructError

import numpy as np

from ..layers.core import Array
from .data_file import LARGEST, DataFileError, damage, read_file

__all__ = ["read_npy", "read_npz"]

_MAGIC = b"\x93NUMPY"
_LENGTHS = {1: "<H", 2: "<I", 3: "<I"}      # by version of the format: how the length of the header is written
_LONGEST = 10_000                           # characters of a header; real ones have some hundred
_BROKEN = (ValueError, SyntaxError, TypeError, KeyError, IndexError, MemoryError, RecursionError, OverflowError,
           EOFError, StructError)           # what headers raise that nobody wrote


def read_npy(path: Path, mapped: bool = False, largest: int = LARGEST) -> Array:
    """Return the array in a .npy file; if ``mapped``, without reading it: pages come from the file as they are used.

    Raises: DataFileError for a file that is missing, damaged, cut off, holds Python objects, or is larger than
        ``largest`` bytes (any size will do if ``mapped``).

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.save(pathlib.Path(folder, "x.npy"), np.arange(3))
        ...     read_npy(pathlib.Path(folder, "x.npy"))
        array([0, 1, 2])
    """
    if not mapped:
        return _array(read_file(path, "read_npy", largest), path, "read_npy")
    try:
        size = Path(path).stat().st_size
        with Path(path).open("rb") as file:
            start = file.read(_LONGEST)
    except OSError as error:
        raise DataFileError(f"read_npy can not read {path}: {error.strerror}") from None
    shape, fortran, dtype, offset = _header(start, size, path, "read_npy")
    if not math.prod(shape):
        return np.empty(shape, dtype)       # nothing can not be mapped
    # mode "c": what is written to the array stays in memory, the file is never changed
    return np.memmap(path, dtype, mode="c", offset=offset, shape=shape, order="F" if fortran else "C")


def read_npz(path: Path, largest: int = LARGEST) -> dict[str, Array]:
    """Return the arrays of a .npz file by name; what it says it holds is counted before any of it is unpacked.

    Raises: DataFileError for a file that is missing, damaged, holds Python objects, or more than ``largest`` bytes.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.savez(pathlib.Path(folder, "my.npz"), x=np.zeros((3, 2)), y=np.arange(3))
        ...     {name: array.shape for name, array in read_npz(pathlib.Path(folder, "my.npz")).items()}
        {'x': (3, 2), 'y': (3,)}
    """
    content = read_file(path, "read_npz", largest)
    with damage(path, "read_npz", "a .npz file", zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError,
                OSError, *_BROKEN), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        declared = sum(member.file_size for member in members)
        if declared > largest or len(members) > 1000:
            raise DataFileError(f"read_npz expected {path} to hold at most {largest:,} bytes and 1,000 arrays, "
                                f"unpacked, got {declared:,} and {len(members)}; nothing was unpacked")
        arrays = {}
        for member in members:
            with archive.open(member) as file:
                unpacked = file.read(member.file_size)
                if len(unpacked) != member.file_size or file.read(1):
                    raise DataFileError(f"read_npz found {path} damaged: {member.filename!r} is not as long as it says")
            arrays[member.filename.removesuffix(".npy")] = _array(unpacked, path, "read_npz")
        return arrays


def _array(content: bytes, path: Path, owner: str) -> Array:
    shape, fortran, dtype, offset = _header(content[:_LONGEST], len(content), path, owner)
    flat = np.frombuffer(content, dtype, math.prod(shape), offset)
    return flat.reshape(shape, order="F" if fortran else "C").copy()


def _header(start: bytes, size: int, path: Path, owner: str) -> tuple[tuple[int, ...], bool, np.dtype, int]:
    """Return shape, order, dtype and where the numbers begin, after holding them against the ``size`` of the file."""
    with damage(path, owner, "a .npy file", *_BROKEN):
        if not start.startswith(_MAGIC) or start[6] not in _LENGTHS:
            raise ValueError("it does not begin as version 1, 2 or 3 of the format")
        layout = _LENGTHS[start[6]]
        begin = 8 + calcsize(layout)
        end = begin + unpack(layout, start[8:begin])[0]
        if end > min(size, _LONGEST):
            raise ValueError(f"its header ends at byte {end} of {size}")
        header = literal_eval(start[begin:end].decode("utf-8" if start[6] == 3 else "latin-1").strip())
        descr, fortran, shape = (header[key] for key in ("descr", "fortran_order", "shape"))
        if not isinstance(descr, str) or (dtype := np.dtype(descr)).kind not in "fiubUS" or not dtype.itemsize:
            raise ValueError("it holds something else than numbers and texts, and nothing in a file is run")
        if not isinstance(shape, tuple) or len(shape) > 32 or not all(type(count) is int and count >= 0
                                                                      for count in shape):
            raise ValueError("its shape is none")
        if end + math.prod(shape) * dtype.itemsize != size or max(shape, default=0) > size:
            raise ValueError(f"{dtype} of shape {shape} and a header of {end} bytes are not {size} bytes")
        return shape, bool(fortran), dtype, end
