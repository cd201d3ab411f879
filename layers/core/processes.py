"""The processes that train one network together, as far as a layer knows of them: what each has, added up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .arrays import Array

__all__ = ["all_reduce_", "reducing"]

AllReduce = Callable[[Array], None]


class _Together(threading.local):
    all_reduce_: AllReduce | None = None


_together = _Together()


def all_reduce_(array: Array) -> None:
    """Replace an array by its sum over the processes that train together; one that is alone leaves it as it is.

    All of them make the same calls in the same order, with contiguous arrays of float32, float64 or int64.
    """
    if _together.all_reduce_ is not None:
        _together.all_reduce_(array)


@contextmanager
def reducing(function: AllReduce | None) -> Iterator[None]:
    """Let ``function`` do what ``all_reduce_`` says inside the ``with`` block; None: each process is alone there.

    Example:
        >>> from chainrule.layers.core import all_reduce_, reducing
        >>> total = np.ones(2)
        >>> with reducing(lambda array: np.multiply(array, 3, out=array)):      # three that have the same
        ...     all_reduce_(total)
        >>> total
        array([3., 3.])
    """
    outer = _together.all_reduce_
    _together.all_reduce_ = function
    try:
        yield
    finally:
        _together.all_reduce_ = outer
