"""Processes of one machine that exchange arrays through memory they share."""

import mmap
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from tempfile import TemporaryFile
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from ...layers.core import Array, StateError
from .communicator import Communicator, flat

__all__ = ["Memory", "SharedMemory", "share_memory"]

_LINE = 64              # bytes of a cache line; every rank has one of its own: how often it came, and if it will again
_SLOT = 1 << 20         # bytes that a rank exchanges at once; two slots of every rank stay in the cache
_SMALL = 1 << 14        # bytes up to which it is faster that every rank adds all by itself
_AWAKE = 100e-6        # seconds that a rank looks whether the others have come before it sleeps in between
_give_way = getattr(os, "sched_yield", partial(time.sleep, 0))


class SharedMemory(Communicator):
    """A rank of a job whose processes share the memory of this name, as ``share_memory`` says it.

    Long arrays go part by part: every rank lays out what the others need, meets them, adds up its own slice of the
    part in the order of ranks, meets them again, and gathers the slices of the others. Waiting leaves the processor
    to others.

    Cost: every number is copied about twice by every rank, and added up by one of them.

    Raises: StateError by a call that waits for a rank which has ended.
    """

    def __init__(self, rank: int, size: int, name: str) -> None:
        self.rank, self.size = rank, size
        memory = _open(name, size)
        self._met, self._left = np.frombuffer(memory, np.int64, size * _LINE // 8).reshape(size, -1).T[:2]
        self._slots = np.frombuffer(memory, np.uint8, offset=size * _LINE).reshape(2, size, _SLOT)
        self._fence = threading.Lock()
        self._fence.acquire()

    def all_reduce_(self, array: Array) -> None:
        for part, slots in self._parts(flat(array, self)):
            if part.nbytes <= _SMALL:
                slots[self.rank] = part
                self.barrier()
                _add(slots, part)
            else:
                edges = [len(part) * rank // self.size for rank in range(self.size + 1)]
                slices = [slice(start, stop) for start, stop in pairwise(edges)]
                own = slices[self.rank]
                for other in slices[:self.rank] + slices[self.rank + 1:]:
                    slots[self.rank, other] = part[other]
                self.barrier()
                _add([(part if rank == self.rank else slots[rank])[own] for rank in range(self.size)],
                     slots[self.rank, own])
                self.barrier()
                for rank, summed in enumerate(slices):
                    part[summed] = slots[rank, summed]

    def broadcast_(self, array: Array, root: int = 0) -> None:
        for part, slots in self._parts(flat(array, self)):
            if self.rank == root:
                slots[root] = part
            self.barrier()
            if self.rank != root:
                part[:] = slots[root]

    def barrier(self) -> None:
        self._settle()
        self._met[self.rank] += 1
        count, began = self._met[self.rank], time.perf_counter()
        while self._met.min() < count:
            waited = time.perf_counter() - began
            if waited < _AWAKE:
                _give_way()
            else:
                self._check_that_they_come(count)
                time.sleep(min(waited / 8, 1e-3))       # so the wait is an eighth longer at most
        self._settle()

    def _check_that_they_come(self, count: int) -> None:
        left = self._left.copy()        # looked at first: who leaves may have met the others a moment before
        if (gone := np.flatnonzero(left * (self._met < count))).size:
            raise StateError(f"rank {gone[0]} has ended, and rank {self.rank} waits for it; all ranks of a job must"
                             " make the same calls, so none may end, skip an epoch or a step on its own")

    def _settle(self) -> None:
        """Let no processor move memory accesses of before behind those of after: a release, then an acquire."""
        self._fence.release()
        self._fence.acquire()

    def _parts(self, vector: Array) -> Iterator[tuple[Array, Array]]:
        """Yield the parts of a vector, each with a slot of its length for every rank.

        Slots come in turns, so that a rank may fill one while another still reads the one before.
        """
        length = _SLOT // vector.itemsize
        for start in range(0, len(vector), length):
            part = vector[start:start + length]
            self._slots = self._slots[::-1]
            yield part, self._slots[0, :, :part.nbytes].view(part.dtype)


def _add(numbers: Sequence[Array] | Array, out: Array) -> None:
    np.add(numbers[0], numbers[1], out=out)
    for more in numbers[2:]:
        out += more


class Memory(NamedTuple):
    """Memory of a job, by the name that its ranks open it by, and the handles that they must inherit for that."""

    name: str
    handles: tuple[int, ...]
    content: mmap.mmap

    def say_left(self, rank: int) -> None:
        """Let the ranks know that this one has ended, so that none waits for it."""
        self.content[rank * _LINE + 8] = 1


@contextmanager
def share_memory(size: int) -> Iterator[Memory]:
    """Yield new memory for so many ranks; with the last of them it goes.

    It has no name in any file system, so that nothing is left of it, however they end.
    """
    if sys.platform == "win32":
        name = f"chainrule-{uuid4().hex}"
        with mmap.mmap(-1, _bytes(size), tagname=name) as content:
            yield Memory(name, (), content)
    else:
        with os.fdopen(os.memfd_create("chainrule"), "r+b") if sys.platform == "linux" else TemporaryFile() as file:
            file.truncate(_bytes(size))
            with mmap.mmap(file.fileno(), _bytes(size)) as content:
                yield Memory(str(file.fileno()), (file.fileno(),), content)


def _open(name: str, size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, _bytes(size), tagname=name)
    memory = mmap.mmap(int(name), _bytes(size))
    os.close(int(name))
    return memory


def _bytes(size: int) -> int:
    return size * (_LINE + 2 * _SLOT)
