"""Queued: calls in the order asked for, never two at once, errors where the result is asked for."""

import threading
from copy import deepcopy

import numpy as np
import pytest

from chainrule.training.parallel import Alone, Queued


class Recording(Alone):
    """Writes down what is called, waits where it is told to, and finds out if calls overlap."""

    def __init__(self):
        self.calls, self.inside, self.gate = [], threading.Lock(), threading.Event()

    def all_reduce_(self, array):
        assert self.inside.acquire(blocking=False), "two calls at once"
        if array[0] == 0:
            self.gate.wait(10)
        self.calls.append((int(array[0]), threading.current_thread() is threading.main_thread()))
        self.inside.release()
        if array[0] < 0:
            raise ArithmeticError("no sum")


def test_calls_keep_their_order_and_go_beside_the_computation():
    together = Recording()
    queued = Queued(together)
    started = [queued.start(np.array([number])) for number in range(3)]
    assert not together.calls and not started[0].done()         # the first one waits at the gate
    threading.Timer(0.01, together.gate.set).start()
    queued.all_reduce_(np.array([3]))           # behind those that are under way
    queued.all_reduce_(np.array([4]))           # nothing is: it needs no thread
    assert all(each.done() for each in started)
    assert together.calls == [(0, False), (1, False), (2, False), (3, False), (4, True)]
    queued.close()
    queued.start(np.array([5])).result()        # it may be asked again
    queued.close()


def test_an_error_arrives_with_the_result():
    queued = Queued(Recording())
    failed = queued.start(np.array([-1]))
    with pytest.raises(ArithmeticError, match="no sum"):
        failed.result()
    queued.start(np.array([1])).result()
    queued.close()


def test_copies_are_the_same_connection():
    queued = Queued(Alone())
    assert deepcopy([queued])[0] is queued
    assert (queued.rank, queued.size) == (0, 1)
    queued.broadcast_(np.zeros(1))
    queued.barrier()
