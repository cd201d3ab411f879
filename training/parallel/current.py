"""The job that this process belongs to, for all that trains in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ...layers.core import reducing
from .alone import Alone
from .communicator import Communicator
from .queued import Queued

__all__ = ["apart", "current", "joined"]


class _Here(threading.local):
    job: Queued = Queued(Alone())


_here = _Here()


def current() -> Queued:
    """Return what takes this process to the others: a job of one, unless this runs inside of ``joined``.

    Example:
        >>> from chainrule.training.parallel import current
        >>> current().rank, current().size
        (0, 1)
    """
    return _here.job


@contextmanager
def joined(communicator: Communicator) -> Iterator[Queued]:
    """Let trainers, optimisers and layers made or run inside the ``with`` block work together with the other processes.

    A process that an error ends is missed by whatever started the job, which ends the others.

    Example:
        >>> from chainrule.training.parallel import Alone, joined
        >>> with joined(Alone()) as job:
        ...     job.size
        1
    """
    outer, _here.job = _here.job, Queued(communicator)
    try:
        with reducing(_here.job.all_reduce_ if communicator.size > 1 else None):
            yield _here.job
        _here.job.close()       # not after an error: the others may never answer what its thread waits for
    finally:
        _here.job = outer


@contextmanager
def apart() -> Iterator[None]:
    """Let layers take this process for the only one inside the ``with`` block, which the others do not run."""
    with reducing(None):
        yield
