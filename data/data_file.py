"""Files that others made: found or missed in words, read whole and never larger than allowed, damage named."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..layers.core import ChainruleError

__all__ = ["LARGEST", "DataFileError", "MissingDataError", "damage", "exactly", "find_file", "read_file"]

LARGEST = 4_000_000_000         # bytes that one data set may take, unpacked; the largest allocation a file can cause
_GZIP = b"\x1f\x8b"


class DataFileError(ChainruleError, OSError):
    """A data file is missing, damaged, larger than allowed, or not what its name says."""


class MissingDataError(DataFileError):
    """A data set is not where it should be."""


def find_file(root: Path, names: Sequence[str], owner: str, source: str) -> Path:
    """Return the first of the files ``names`` that there is below ``root``.

    Raises: MissingDataError that says where to get the files and where to put them: nothing is ever downloaded.
    """
    for name in names:
        if (path := Path(root, name)).is_file():
            return path
    raise MissingDataError(f"{owner} found no {names[0]} in {Path(root).absolute()}, and downloads nothing: get the "
                           f"files from {source} and put them there")


def read_file(path: Path, owner: str, largest: int = LARGEST) -> bytes:
    """Return the content of a file, unpacked if it is packed by gzip; not one byte more than ``largest`` is made.

    Raises: DataFileError for a file that can not be read, is damaged, or is larger.
    """
    try:
        size = Path(path).stat().st_size
        if size > largest:
            raise _too_large(path, owner, largest)
        content = Path(path).read_bytes()
    except OSError as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(f"{owner} can not read {path}: {error.strerror}") from None
    return _unpacked(content, path, owner, largest) if content.startswith(_GZIP) else content


def _unpacked(content: bytes, path: Path, owner: str, largest: int) -> bytes:
    """Return what gzip packed: members one after the other, each with its check sum."""
    parts, room = [], largest
    while content:
        unpacker = zlib.decompressobj(wbits=31)      # 31: with the header of gzip and its check sum
        with damage(path, owner, "a gzip file", zlib.error):
            parts.append(unpacker.decompress(content, room + 1))
        room -= len(parts[-1])
        if room < 0:
            raise _too_large(path, owner, largest)
        if not unpacker.eof:
            raise DataFileError(f"{owner} found {path} cut off: its gzip data do not end")
        content = unpacker.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _too_large(path: Path, owner: str, largest: int) -> DataFileError:
    return DataFileError(f"{owner} expected {path} to hold at most {largest:,} bytes, unpacked, and stopped there; "
                         f"make it smaller, or a .npy file, which is read piece by piece")


def exactly(size: int, content: bytes, what: str, path: Path, owner: str) -> None:
    """Raise DataFileError unless ``content`` has exactly the ``size`` that ``what`` stands for."""
    if len(content) != size:
        raise DataFileError(f"{owner} expected {path} to hold {size:,} bytes, {what}, got {len(content):,}; the file "
                            f"is {'cut off' if len(content) < size else 'damaged'}, or no such file")


@contextmanager
def damage(path: Path, owner: str, kind: str, *errors: type[Exception]) -> Iterator[None]:
    """Make any of ``errors`` inside the ``with`` block a DataFileError: the file is damaged, or not of its ``kind``."""
    try:
        yield
    except DataFileError:
        raise
    except errors as error:
        raise DataFileError(f"{owner} found {path} damaged, or not {kind}: "
                            f"{str(error) or type(error).__name__}") from None
