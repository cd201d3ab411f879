"""Weight files: a state dict as safetensors, which holds arrays and can run no code."""

import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Array
from .errors import ChainruleError
from .layer import IncompatibleKeys, Layer
from .optional import safetensors

__all__ = ["WeightFileError", "load_weights", "read_weights", "save_weights", "write_atomically"]


class WeightFileError(ChainruleError, OSError):
    """A weight file can not be read."""


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that a reader, or a crash, finds either the old content or the new, never a part."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def save_weights(layer: Layer, path: str | os.PathLike[str]) -> None:
    """Write all parameters and buffers of a layer to a ``.safetensors`` file, atomically."""
    contiguous = {name: np.ascontiguousarray(value).reshape(value.shape)    # strided arrays come out wrong otherwise
                  for name, value in layer.state_dict().items()}
    write_atomically(path, safetensors.numpy.save(contiguous))


def read_weights(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Return the arrays of a ``.safetensors`` file by name.

    Raises: WeightFileError when the file is missing, unreadable or damaged.
    """
    try:
        arrays: dict[str, Any] = safetensors.numpy.load(Path(path).read_bytes())
    except OSError as error:
        raise WeightFileError(f"weight file {path} can not be read: {error.strerror}") from error
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise WeightFileError(f"weight file {path} is damaged or no safetensors file: {error}") from error
    return arrays


def load_weights(layer: Layer, path: str | os.PathLike[str], strict: bool = True) -> IncompatibleKeys:
    """Read a weight file into a layer; nothing is changed unless everything fits.

    Raises: WeightFileError for the file, ShapeError for entries that do not fit the layer.
    """
    return layer.load_state_dict(read_weights(path), strict)
