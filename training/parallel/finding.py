"""Which job this process belongs to, as whoever started it says."""

import os
import sys
import threading
import time
from functools import cache

from ...layers.core import StateError
from ...layers.kernels import get_num_threads, set_num_threads
from .alone import Alone
from .communicator import Communicator
from .mpi import MPI
from .shared_memory import SharedMemory

__all__ = ["MEMBERSHIP", "find_communicator", "let_first_rank_speak"]

MEMBERSHIP = "CHAINRULE_MEMBERSHIP"         # rank, size and name of the memory, from ``launch``


@cache
def find_communicator() -> Communicator:
    """Return what joins this process to its job: that of ``mpiexec``, that of ``chainrule launch``, or a job of one.

    To be called first thing: a rank that ends before may be waited for. Unless OMP_NUM_THREADS is set, the ranks of a
    machine share its processors among them.

    Raises: StateError when ``mpiexec`` started this process, but not by ``python -m mpi4py``.

    Example:
        >>> from chainrule.training.parallel import find_communicator
        >>> find_communicator().size
        1
    """
    if "mpi4py.run" in sys.modules:
        mpi = MPI()
        _share_processors(mpi.neighbours)
        return mpi
    if _MPI_SIZE > 1:
        if _RANK > 0:
            sys.exit(2)         # the first of them says it for all
        raise StateError(f"this is one of {_MPI_SIZE} processes of MPI that know nothing of each other; start them by "
                         f"mpiexec -n {_MPI_SIZE} python -m mpi4py -m chainrule train CONFIG, with mpi4py from "
                         'pip install "chainrule[mpi]"')
    if MEMBERSHIP not in os.environ:
        return Alone()
    rank, size, name = os.environ.pop(MEMBERSHIP).split()       # which is not for processes that this one starts
    threading.Thread(target=_end_with_launcher, name="lifeline", daemon=True).start()
    _share_processors(int(size))
    return SharedMemory(int(rank), int(size), name) if int(size) > 1 else Alone()


def let_first_rank_speak() -> None:
    """Wait half a second on every rank but 0, which may say the same; the job ends with it, and this process, too."""
    if _RANK > 0:
        time.sleep(0.5)


def _said(*names: str, otherwise: int) -> int:
    """Return the first whole number that one of these environment variables begins with."""
    return next((int(os.environ[name].split()[0]) for name in names if name in os.environ), otherwise)


# as mpiexec of MPICH, Intel MPI and MS-MPI says it, that of Open MPI, and ``launch``
_MPI_SIZE = _said("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", otherwise=1)
_RANK = _said("PMI_RANK", "OMPI_COMM_WORLD_RANK", MEMBERSHIP, otherwise=0)


def _share_processors(neighbours: int) -> None:
    if "OMP_NUM_THREADS" not in os.environ:
        set_num_threads(min(get_num_threads(), max(1, (os.cpu_count() or 1) // neighbours)))


def _end_with_launcher() -> None:
    """End this process when its standard input does, whose other end the launcher holds."""
    while os.read(0, 1):
        pass
    os._exit(1)
