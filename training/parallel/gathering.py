"""What the ranks of a job have, brought together on each of them."""

import json
from typing import Any

import numpy as np

from ...layers.core import Array
from ...layers.core.optional import safetensors
from ..checkpoints.tree import join_state, split_state
from .communicator import Communicator

__all__ = ["any_rank", "broadcast", "gather"]


def any_rank(flag: bool, communicator: Communicator) -> bool:
    """Return whether something is so on any rank: the same answer on all."""
    found = np.array([flag], np.int64)
    communicator.all_reduce_(found)
    return bool(found[0])


def broadcast(value: Any, communicator: Communicator, root: int = 0) -> Any:
    """Return the value that rank ``root`` has: None, a number, text or array, or a list, tuple or dict of these.

    Raises: DtypeError for a value that is more than that.
    """
    if communicator.size == 1:
        return value
    own = _packed(value) if communicator.rank == root else np.empty(0, np.int64)
    size = np.array([own.size])
    communicator.broadcast_(size, root)
    packed = own if communicator.rank == root else np.empty(size[0], np.int64)
    communicator.broadcast_(packed, root)
    return _unpacked(packed)


def gather(value: Any, communicator: Communicator) -> list[Any]:
    """Return the values of all ranks, such as ``broadcast`` takes, in their order.

    Example:
        >>> from chainrule.training.parallel import Alone, gather
        >>> gather({"loss": 0.5}, Alone())
        [{'loss': 0.5}]
    """
    return [broadcast(value, communicator, root) for root in range(communicator.size)]


def _packed(value: Any) -> Array:
    """Return a value as whole numbers, of which the first says how many bytes follow."""
    text, arrays = split_state(value)
    content: bytes = safetensors.numpy.save(arrays, metadata={"value": text})
    content = len(content).to_bytes(8, "little") + content + bytes(-len(content) % 8)
    return np.frombuffer(content, "<i8").astype(np.int64)


def _unpacked(packed: Array) -> Any:
    content = packed.astype("<i8").tobytes()[8:8 + int(packed[0])]
    length = int.from_bytes(content[:8], "little")
    text = json.loads(content[8:8 + length])["__metadata__"]["value"]       # the header of a safetensors file
    return join_state(text, safetensors.numpy.load(content))
