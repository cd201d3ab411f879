"""Batches made ahead: in order, errors where they belong, no thread left."""

import threading

import pytest

from chainrule.data import prefetch
from chainrule.layers.core import ValueRangeError


def threads():
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("prefetch")}


@pytest.mark.parametrize("depth", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_order_and_number_stay(count, depth):
    assert list(prefetch(range(count), depth)) == list(range(count))
    assert not threads()


def test_so_many_are_made_ahead_and_no_more():
    made, fourth = [], threading.Event()

    def batches():
        for number in range(10):
            made.append(number)
            if number == 3:
                fourth.set()
            yield number

    iterator = prefetch(batches(), depth=3)
    assert made == [] and not threads()         # nothing before the first is asked for
    next(iterator)
    assert fourth.wait(20)
    iterator.close()
    assert made == [0, 1, 2, 3] and not threads()


def test_they_are_made_in_another_thread():
    (name,) = set(prefetch(threading.current_thread().name for _ in range(3)))
    assert name.startswith("prefetch")


def test_an_error_arrives_in_its_place_and_the_thread_ends():
    def batches():
        yield 1
        yield 2
        raise ZeroDivisionError("in the making")

    seen = []
    with pytest.raises(ZeroDivisionError, match="in the making"):
        for number in prefetch(batches(), 5):
            seen.append(number)
    assert seen == [1, 2] and not threads()


def test_leaving_early_ends_the_thread():
    for number in prefetch(iter(range(100)), 2):
        if number == 3:
            break
    assert not threads()

    def stop():
        for number in prefetch(range(100), 2):
            raise KeyError(number)
    with pytest.raises(KeyError):
        stop()
    assert not threads()


def test_depth_is_a_number_of_batches():
    with pytest.raises(ValueRangeError, match="prefetch expected depth"):
        next(prefetch([1], 0))
