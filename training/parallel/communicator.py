"""What the processes of a job do together: five calls, whoever carries them."""

import os
import sys
from abc import ABC, abstractmethod
from typing import NoReturn

import numpy as np

from ...layers.core import Array, DtypeError, ShapeError

__all__ = ["Communicator", "flat"]

_DTYPES = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.int64))


class Communicator(ABC):
    """One process of a job, and what it does together with the others, in the words of MPI.

    Every rank makes the same calls in the same order with arrays of the same shape and dtype, and of its threads one at
    a time. A call returns when its array is ready; a rank that ends with an error ends the others (see ``abort``), so
    that none waits for it.

    Attributes:
        rank: which process this is, from 0 to ``size - 1``
        size: how many there are

    Example:
        >>> from chainrule.training.parallel import Alone
        >>> together, total = Alone(), np.ones(3, np.float32)
        >>> together.all_reduce_(total)
        >>> total
        array([1., 1., 1.], dtype=float32)
    """

    rank: int
    size: int

    @abstractmethod
    def all_reduce_(self, array: Array) -> None:
        """Replace an array by its sum over the ranks: the same bits on every rank, and in every run of as many ranks.

        Raises: DtypeError unless it is of float32, float64 or int64, ShapeError unless it is contiguous.
        """

    @abstractmethod
    def broadcast_(self, array: Array, root: int = 0) -> None:
        """Replace an array by that of rank ``root``; raises as ``all_reduce_`` does."""

    @abstractmethod
    def barrier(self) -> None:
        """Return when every rank has come this far."""

    def abort(self, code: int = 1) -> NoReturn:
        """End this process at once, with an exit code other than 0, and so every process of the job."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def flat(array: Array, owner: object) -> Array:
    """Return an array that ranks can exchange as a vector in the same memory.

    Raises: DtypeError unless it is of float32, float64 or int64, ShapeError unless it is contiguous.
    """
    who = type(owner).__name__
    if not isinstance(array, np.ndarray) or array.dtype not in _DTYPES:
        got = f"an array of {array.dtype}" if isinstance(array, np.ndarray) else type(array).__name__
        raise DtypeError(f"{who} expected an array of float32, float64 or int64, got {got}")
    if not array.flags.c_contiguous:
        raise ShapeError(f"{who} expected an array that is contiguous, got strides {array.strides} for shape "
                         f"{array.shape}; reduce a copy, np.ascontiguousarray(array)")
    return array.reshape(-1)
