"""Checkpoint files: a whole state in one safetensors file, written in one step, and recognised when damaged."""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...layers.core import Array, ChainruleError, write_atomically
from ...layers.core.optional import safetensors
from .tree import join_state, split_state

__all__ = ["CheckpointError", "read_checkpoint", "sync_folder", "write_checkpoint"]

FORMAT = "chainrule checkpoint 1"
LARGEST_HEADER = 100_000_000        # bytes, the limit of safetensors itself
LARGEST_FILE = 1 << 38              # bytes; far beyond the memory that reading it would take


class CheckpointError(ChainruleError, OSError):
    """A checkpoint can not be read or written, or is not one of this run."""


def write_checkpoint(path: str | os.PathLike[str], state: Any) -> None:
    """Write a state so that a crash at any moment, of the machine too, leaves the file whole or not there.

    The arrays are the tensors of a safetensors file, readable as such; everything else is JSON in its metadata, beside
    a checksum of all.

    Raises: DtypeError for a state that is more than numbers, texts and arrays; OSError as the system says.

    Example:
        >>> import tempfile
        >>> from chainrule.training.checkpoints import read_checkpoint, write_checkpoint
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_checkpoint(f"{folder}/a.safetensors", {"epoch": 3, "w": np.zeros(2)})
        ...     read_checkpoint(f"{folder}/a.safetensors")
        {'epoch': 3, 'w': array([0., 0.])}
    """
    text, arrays = split_state(state)
    metadata = {"format": FORMAT, "state": text, "sha256": _checksum(text, arrays)}
    write_atomically(path, safetensors.numpy.save(arrays, metadata=metadata))
    sync_folder(Path(path).parent)


def read_checkpoint(path: str | os.PathLike[str]) -> Any:
    """Return the state in a file; reading runs nothing that stands in it.

    Sizes that the file declares are held against its length before anything of that size is allocated.

    Raises: CheckpointError when the file is missing, unreadable, cut off or changed in a single bit, or is another.
    """
    try:
        return _read(Path(path))
    except CheckpointError:
        raise
    except OSError as error:
        raise CheckpointError(f"checkpoint {path} can not be read: {error.strerror or error}") from error
    except (safetensors.SafetensorError, ValueError, LookupError, TypeError, AttributeError, MemoryError,
            OverflowError, RecursionError) as error:
        raise CheckpointError(f"checkpoint {path} is damaged or no checkpoint: {error or type(error).__name__}"
                              ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last, as ``fsync`` does the content of a file; where systems know of no such thing,
    nothing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read(path: Path) -> Any:
    with open(path, "rb", opener=_without_waiting) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("it is no ordinary file")
        size = found.st_size
        length = int.from_bytes(file.read(8), "little")
        if not 8 + length <= size or length > LARGEST_HEADER or size > LARGEST_FILE:
            raise ValueError(f"it has {size} bytes, and declares a header of {length}")
        header = json.loads(file.read(length))
        declared = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"),
                       default=0)
        if 8 + length + declared != size:
            raise ValueError(f"it has {size} bytes, and declares {8 + length + declared}")
        file.seek(0)
        arrays = safetensors.numpy.load(file.read(size))
    metadata = header["__metadata__"]
    if metadata["format"] != FORMAT:
        raise ValueError(f"expected the format {FORMAT!r}, got {metadata['format']!r}")
    if metadata["sha256"] != _checksum(metadata["state"], arrays):
        raise ValueError("its content is not what its checksum was made of")
    return join_state(metadata["state"], {name: np.array(array) for name, array in arrays.items()})


def _checksum(text: str, arrays: Mapping[str, Array]) -> str:
    seal = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        seal.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
        seal.update(array.reshape(-1).view(np.uint8).data)
    return seal.hexdigest()


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a pipe in its place would else wait for somebody to write."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))
