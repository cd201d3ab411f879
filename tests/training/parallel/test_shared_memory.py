"""Sums and broadcasts through shared memory: threads stand for the processes, each with its own view of the memory."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError, StateError
from chainrule.training.parallel.shared_memory import SharedMemory, share_memory

DTYPES = ["float32", "float64", "int64"]
LENGTHS = [1, 3, 4097, 300_007]         # the last two in slices, and in several parts


def ranks(size, work):
    """Return what ``work(communicator)`` returns on every rank."""
    with share_memory(size) as memory, ThreadPoolExecutor(size) as threads:
        name = memory.name
        names = [name if sys.platform == "win32" else str(os.dup(int(name))) for _ in range(size)]
        joined = [SharedMemory(rank, size, own) for rank, own in enumerate(names)]
        return [done.result(60) for done in [threads.submit(work, each) for each in joined]]


def numbers(rank, length, dtype, seed=0):
    return (1e6 * np.random.default_rng([seed, rank, length]).standard_normal(length)).astype(dtype)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_sum_is_that_in_the_order_of_ranks_bit_for_bit(size):
    def work(communicator):
        sums = [numbers(communicator.rank, length, dtype) for length in LENGTHS for dtype in DTYPES]
        for array in sums:
            communicator.all_reduce_(array)
        return sums

    received = ranks(size, work)
    asked = ((length, dtype) for length in LENGTHS for dtype in DTYPES)
    for (length, dtype), *sums in zip(asked, *received, strict=True):
        expected = numbers(0, length, dtype)
        for rank in range(1, size):
            expected = expected + numbers(rank, length, dtype)
        assert all(each.dtype == dtype and each.tobytes() == expected.tobytes() for each in sums)


def test_calls_of_all_kinds_in_any_order_do_not_disturb_each_other():
    plan = np.random.default_rng(5)
    calls = [(plan.integers(3), int(plan.choice([2, 4096, 4097, 140_001])), int(plan.integers(3))) for _ in range(200)]

    def work(communicator):
        for number, (kind, length, root) in enumerate(calls):
            array = np.full(length, communicator.rank + number)
            if kind == 0:
                communicator.all_reduce_(array)
                assert (array == 3 + 3 * number).all()
            elif kind == 1:
                communicator.broadcast_(array, root)
                assert (array == root + number).all()
            else:
                communicator.barrier()
        return True

    assert ranks(3, work) == [True] * 3


def test_arrays_of_several_axes_and_of_none():
    def work(communicator):
        matrix, nothing = np.full((3, 5), communicator.rank, np.float32), np.zeros((0, 4))
        communicator.all_reduce_(matrix)
        communicator.all_reduce_(nothing)
        return matrix

    assert all((matrix == 1).all() and matrix.shape == (3, 5) for matrix in ranks(2, work))


def test_what_can_not_be_reduced_is_refused_before_anything_is_exchanged():
    def work(communicator):
        with pytest.raises(DtypeError, match="SharedMemory expected an array of float32, float64 or int64, got an array"
                                             " of float16"):
            communicator.all_reduce_(np.zeros(3, np.float16))
        with pytest.raises(ShapeError, match=r"contiguous, got strides \(8, 32\) for shape \(4, 3\); reduce a copy"):
            communicator.broadcast_(np.zeros((3, 4)).T)

    ranks(2, work)


@pytest.mark.skipif(sys.platform == "win32", reason="memory without handles")
def test_nothing_is_left_open():
    before = os.listdir("/dev/fd")
    ranks(2, lambda communicator: communicator.barrier())
    assert os.listdir("/dev/fd") == before


def test_a_rank_that_has_left_is_not_waited_for_unless_it_has_come():
    def wait(communicator):
        communicator.barrier()
        with pytest.raises(StateError, match=r"rank 1 has ended, and rank 0 waits for it; all ranks of a job must"):
            communicator.all_reduce_(np.ones(3))

    with share_memory(2) as memory, ThreadPoolExecutor(1) as threads:
        names = [memory.name if sys.platform == "win32" else str(os.dup(int(memory.name))) for _ in range(2)]
        first, second = (SharedMemory(rank, 2, own) for rank, own in enumerate(names))
        waits = threads.submit(wait, first)
        second.barrier()
        memory.say_left(1)
        waits.result(60)
