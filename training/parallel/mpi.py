"""Processes that exchange arrays through MPI, on one machine or many."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from ...layers.core import Array, StateError
from ...layers.core.optional import mpi4py
from .communicator import Communicator, flat

__all__ = ["MPI"]


class MPI(Communicator):
    """A rank of ``MPI.COMM_WORLD``, in a process that ``mpiexec … python -m mpi4py …`` started.

    The order in which numbers are added is that of the MPI library, which gives the same bits to every rank.

    Attributes:
        neighbours: how many of the ranks are on this machine

    Raises: StateError when MPI allows calls by the first thread only.
    """

    def __init__(self) -> None:
        mpi4py.rc.thread_level = "serialized"       # any thread, one at a time
        if int(os.environ.get("MPI_LOCALNRANKS", 1)) > (os.cpu_count() or 1):
            # MPICH, waiting, keeps its processor from the rank that it waits for, unless told otherwise.
            os.environ.setdefault("MPIR_CVAR_ENABLE_HEAVY_YIELD", "1")
        library = mpi4py.MPI            # imported now, which initialises MPI
        if library.Query_thread() < library.THREAD_SERIALIZED:
            raise StateError("MPI was initialised for one thread, and gradients are exchanged by another; "
                             "do not import mpi4py.MPI before, or set mpi4py.rc.thread_level = 'serialized' first")
        self._world, self._in_place = library.COMM_WORLD, library.IN_PLACE
        self.rank, self.size = self._world.rank, self._world.size
        neighbours = self._world.Split_type(library.COMM_TYPE_SHARED)
        self.neighbours = neighbours.size
        neighbours.Free()
        _unname_memory()

    def all_reduce_(self, array: Array) -> None:
        self._world.Allreduce(self._in_place, flat(array, self))

    def broadcast_(self, array: Array, root: int = 0) -> None:
        self._world.Bcast(flat(array, self), root)

    def barrier(self) -> None:
        self._world.Barrier()

    def abort(self, code: int = 1) -> NoReturn:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._world.Abort(code)
        os._exit(code)


def _unname_memory() -> None:
    """Remove the file of the memory that MPICH 5 shares, which every rank has opened: it would outlive a killed job."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        for path in set(re.findall(r"/dev/shm/mpich_shm_\w+$", maps.read_text(), re.M)):
            with suppress(OSError):
                os.unlink(path)
