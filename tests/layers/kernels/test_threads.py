"""Sharing work among threads: all of it is done, once, by as many threads as the setting says."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import chainrule
from chainrule.layers.core import ValueRangeError
from chainrule.layers.kernels import get_num_threads, in_parallel, set_num_threads

MUCH = 1 << 30


@pytest.fixture(autouse=True)
def setting():
    before = get_num_threads()
    yield
    set_num_threads(before)


def test_setting():
    set_num_threads(3)
    assert get_num_threads() == chainrule.get_num_threads() == 3


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "two"])
def test_wrong_setting(wrong):
    with pytest.raises((ValueRangeError, chainrule.layers.core.DtypeError), match="set_num_threads expected n"):
        set_num_threads(wrong)


@pytest.mark.parametrize("threads", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 20])
def test_every_part_is_done_once(threads, count):
    set_num_threads(threads)
    done = np.zeros(count, int)

    def work(start, stop):
        done[start:stop] += 1

    in_parallel(work, count, MUCH)
    assert (done == 1).all()


def test_threads_really_meet():
    set_num_threads(3)
    meeting, names = threading.Barrier(3, timeout=20), set()

    def work(start, stop):
        meeting.wait()
        names.add(threading.current_thread().name)

    in_parallel(work, 3, MUCH)
    assert len(names) >= 2 and not meeting.broken


def test_little_work_stays_here():
    set_num_threads(4)
    seen = []
    in_parallel(lambda start, stop: seen.append((start, stop, threading.current_thread())), 9, 100)
    assert seen == [(0, 9, threading.current_thread())]


def test_parts_do_not_share_out_again():
    set_num_threads(2)
    seen = []
    in_parallel(lambda start, stop: in_parallel(lambda a, b: seen.append((a, b)), 6, MUCH), 2, MUCH)
    assert seen == [(0, 6), (0, 6)]


def test_blas_has_one_thread_inside_and_its_own_number_outside():
    threadpoolctl = pytest.importorskip("threadpoolctl")

    def numbers():
        return {pool["num_threads"] for pool in threadpoolctl.threadpool_info()
                if pool["user_api"] == "blas" and "numpy" in pool["filepath"]}

    set_num_threads(2)
    inside = []
    in_parallel(lambda start, stop: inside.append(numbers()), 2, MUCH)
    if numbers():       # NumPy's BLAS is one that can be asked
        assert inside == [{1}, {1}] and numbers() == {2}


@pytest.mark.parametrize("part", [0, 1])
def test_an_error_of_any_part_is_raised_and_the_threads_live_on(part):
    set_num_threads(2)

    def work(start, stop):
        if start == part:
            raise ZeroDivisionError("in a part")

    for _ in range(3):
        with pytest.raises(ZeroDivisionError, match="in a part"):
            in_parallel(work, 2, MUCH)
    done = []
    in_parallel(lambda start, stop: done.append(start), 2, MUCH)
    assert sorted(done) == [0, 1]


def test_a_first_small_product_does_not_change_the_setting():
    program = """
import numpy as np
from chainrule.layers.kernels import get_num_threads, matmul
matmul(np.ones((32, 784), np.float32), np.ones((784, 128), np.float32))
print(get_num_threads())
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                            env={**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"})
    assert answer.stdout.strip() == str(min(2, os.cpu_count()))
