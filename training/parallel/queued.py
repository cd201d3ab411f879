"""Calls to the other processes one at a time, in the order in which they were asked for, beside the computation."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import NoReturn, Self

from ...layers.core import Array
from .communicator import Communicator

__all__ = ["Queued"]

Call = Callable[[], None]


class Queued(Communicator):
    """A communicator whose calls never overlap: ``start`` leaves one to a thread, the others wait for their turn.

    One thread at a time may ask, as ever.

    Example:
        >>> from chainrule.training.parallel import Alone, Queued
        >>> together, total = Queued(Alone()), np.ones(3)
        >>> done = together.start(total)        # an all_reduce_, while other things are computed
        >>> done.result()
    """

    def __init__(self, communicator: Communicator) -> None:
        self.rank, self.size = communicator.rank, communicator.size
        self.communicator = communicator
        self._calls: SimpleQueue[tuple[Call, Future[None]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: Future[None] | None = None

    def start(self, array: Array) -> "Future[None]":
        """Begin an ``all_reduce_``; its array is ready when the result is there."""
        return self._begin(partial(self.communicator.all_reduce_, array))

    def all_reduce_(self, array: Array) -> None:
        self._in_turn(partial(self.communicator.all_reduce_, array))

    def broadcast_(self, array: Array, root: int = 0) -> None:
        self._in_turn(partial(self.communicator.broadcast_, array, root))

    def barrier(self) -> None:
        self._in_turn(self.communicator.barrier)

    def abort(self, code: int = 1) -> NoReturn:
        self.communicator.abort(code)       # which waits for nothing

    def close(self) -> None:
        """End the thread, when it has done what it was asked."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join()
            self._thread = None

    def _begin(self, call: Call) -> "Future[None]":
        if self._thread is None:
            # a daemon: Python waits for no call that the others will never answer
            self._thread = threading.Thread(target=_serve, args=(self._calls,), name="all_reduce", daemon=True)
            self._thread.start()
        self._last = Future()
        self._calls.put((call, self._last))
        return self._last

    def _in_turn(self, call: Call) -> None:
        if self._last is None or self._last.done():     # nothing is under way: no need to wake the thread
            call()
        else:
            self._begin(call).result()

    def __deepcopy__(self, memo: object) -> Self:
        return self


def _serve(calls: "SimpleQueue[tuple[Call, Future[None]] | None]") -> None:
    while (asked := calls.get()) is not None:
        call, done = asked
        try:
            call()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        del asked, call, done       # and with them the arrays they hold
