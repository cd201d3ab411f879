"""Large arrays from memory that goes round: it comes back when the last view of an array dies.

Fresh memory costs more than arithmetic: the system hands it out page by page, each at its first touch. A training step
asks for the same sizes again and again, so after its first steps all of them are found here. Nobody's array is ever
overwritten, since memory is lent again only when nothing refers to it any more.

``limit`` sets a budget: where fresh memory would go beyond it, free blocks of other sizes are made into those wanted.
"""

import math
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import RLock

import numpy as np
import numpy.typing as npt

from ..core import Array, Shape

__all__ = ["empty", "empty_like", "lent", "limit", "release"]

_LEAST = 1 << 16        # bytes from which an array is lent; smaller ones are as quick to make anew
_LINE = 64              # bytes of a cache line
# After a fork, parent and child must not write into each other's arrays. (Windows has neither flags nor forks.)
_OWN = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
_free: dict[int, list[mmap.mmap]] = {}
_turn = count()
_fresh = RLock()         # the collector of garbage may run amid a call, and call again


class _Bytes:
    """How much memory goes round, lent or free, and how much should at most."""

    held = 0
    most = math.inf


def empty(shape: Shape, dtype: npt.DTypeLike) -> Array:
    """Return an array of any content, as ``np.empty`` does."""
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size < _LEAST:
        return np.empty(shape, dtype)
    room = _room(size)
    try:
        block = _free[room].pop()
    except (KeyError, IndexError):
        block = _new(room)
    # Arrays that begin at the same place of a page push each other out of the cache.
    offset = next(_turn) % (mmap.PAGESIZE // _LINE) * _LINE
    return np.ndarray(shape, dtype, _Lease(room, np.uint8, block), offset)


def empty_like(x: Array) -> Array:
    """Return an array of the shape and dtype of ``x``, in C order, of any content."""
    return empty(x.shape, x.dtype)


def release() -> int:
    """Give the memory that nobody uses back to the system; return how many bytes that were."""
    with _fresh:
        given = sum(len(block) for room in list(_free) for block in _free.pop(room))
        _Bytes.held -= given
    return given


def lent() -> int:
    """Return how many bytes are lent now, to arrays that are in use."""
    return _Bytes.held - sum(room * len(blocks) for room, blocks in list(_free.items()))


@contextmanager
def limit(most: int) -> Iterator[None]:
    """Let memory that is lent or free fill at most so many bytes inside the ``with`` block, if what is in use does."""
    outer, _Bytes.most = _Bytes.most, most
    try:
        yield
    finally:
        _Bytes.most = outer


def _new(room: int) -> mmap.mmap:
    """Return a block of this size: fresh, or where that would be too much a free one, made shorter or longer."""
    with _fresh:
        found: mmap.mmap | None = None
        while (beyond := _Bytes.held + room - _Bytes.most) > 0 and (sizes := _sizes()):
            size = min((size for size in sizes if size >= beyond), default=max(sizes))
            found = _free[size].pop()
            _Bytes.held -= size
        block = mmap.mmap(-1, room, **_OWN) if found is None else _resized(found, room)
        _Bytes.held += room
        return block


def _sizes() -> list[int]:
    return [size for size, blocks in list(_free.items()) if blocks]


def _resized(block: mmap.mmap, room: int) -> mmap.mmap:
    """Return the block in another size, its pages as they are, or a fresh one where the system can not do that."""
    try:
        block.resize(room)
    except (OSError, SystemError, ValueError):
        return mmap.mmap(-1, room, **_OWN)
    return block


class _Lease(np.ndarray[tuple[int], np.dtype[np.uint8]]):
    """What every view of lent memory refers to, so that its end is the end of the last view."""

    def __del__(self, free: dict[int, list[mmap.mmap]] = _free, kind: type[mmap.mmap] = mmap.mmap) -> None:
        block: object = self.base
        if isinstance(block, kind):             # the defaults are still there when the interpreter ends
            free.setdefault(len(block), []).append(block)


def _room(size: int) -> int:
    """Return the size of the block lent for ``size`` bytes: the next eighth of a power of two that leaves a page over.

    So arrays of about one size, such as those of a last, smaller batch, share their blocks.
    """
    step = 1 << max((size + mmap.PAGESIZE).bit_length() - 4, 12)
    return -(-(size + mmap.PAGESIZE) // step) * step
