"""Arrays as bytes and back: .npz without pickle, uncompressed, and read as what a stranger may have made."""

import io
import math
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arrays", "UnreadableError", "pack", "unpack"]

Arrays = dict[str, NDArray[Any]]
KINDS = "biufcSU"       # booleans, numbers, text: what has no code in it
MOST_ARRAYS = 5000


class UnreadableError(ValueError):
    """Bytes are no arrays, or arrays of more than bytes."""


def pack(arrays: Mapping[str, Any]) -> bytes:
    """Return arrays as the bytes of an .npz file."""
    for name, value in arrays.items():
        if np.asarray(value).dtype.kind not in KINDS:
            raise UnreadableError(f"{name} is of dtype {np.asarray(value).dtype}, which is neither numbers nor text")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: np.asarray(value) for name, value in arrays.items()})
    return buffer.getvalue()


def unpack(data: bytes) -> Arrays:
    """Return the arrays of an .npz file; nothing in it is trusted, and no more memory is used than it has bytes."""
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise UnreadableError("the file is compressed")
            if sum(member.file_size for member in members) > len(data):
                raise UnreadableError("the file says that it holds more bytes than it has")
            return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}
    except UnreadableError:
        raise
    except Exception as error:      # zipfile and struct raise a dozen kinds on bytes made to confuse them
        raise UnreadableError(f"{type(error).__name__} while reading the arrays") from error


def _check_end(data: bytes) -> None:
    """Look at the end of the file, where a list of its members is announced: one that is long takes long to read."""
    end = struct.Struct("<4s4H2LH")
    if len(data) < end.size or data[-end.size:][:4] != b"PK\5\6" or data[-end.size - 20:][:4] == b"PK\6\7":
        raise UnreadableError("the file does not end as an .npz file does")
    _, _, _, _, count, size, _, _ = end.unpack(data[-end.size:])
    if count > MOST_ARRAYS or size > 200 * MOST_ARRAYS:
        raise UnreadableError(f"there are more than {MOST_ARRAYS} arrays")


def _array(data: bytes) -> NDArray[Any]:
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
    shape, fortran, dtype = read_header(file)
    if dtype.kind not in KINDS or dtype.hasobject:
        raise UnreadableError(f"an array is of dtype {dtype}, which is neither numbers nor text")
    size = math.prod(shape)
    if min(shape, default=0) < 0 or not dtype.itemsize or len(data) - file.tell() != size * dtype.itemsize:
        raise UnreadableError(f"an array says that it has shape {shape}, but has other bytes")
    flat = np.frombuffer(data, dtype, size, file.tell()) if size else np.zeros(0, dtype)
    return np.array(flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape))
