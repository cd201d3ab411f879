"""Sharing work among threads: all of it is done, once, by as many threads as the setting says."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import chainrule
from chainrule.layers.core import ValueRangeError
from chainrule.layers.kernels import get_num_threads, in_parallel, set_num_threads, shares

MUCH = 1 << 30


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


def run(program, compiled="0", **more):
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "CHAINRULE_COMPILED": compiled}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment | more)


BLAS = """
import numpy as np, threadpoolctl
from chainrule.layers.kernels import gate, get_num_threads, in_parallel, matmul, set_num_threads

def blas():
    pools = threadpoolctl.threadpool_info()
    return {pool["num_threads"] for pool in pools if pool["user_api"] == "blas" and "numpy" in pool["filepath"]}
"""


def test_blas_has_one_thread_inside_and_its_own_number_outside():
    answer = run(BLAS + """
set_num_threads(2)
inside = []
in_parallel(lambda start, stop: inside.append(blas()), 2, 1 << 30)
print(not blas() or (inside == [{1}, {1}] and blas() == {2}))      # where NumPy's BLAS can be asked
""")
    assert answer.stdout.strip() == "True", answer.stderr


def test_a_first_small_product_does_not_change_the_setting():
    answer = run(BLAS + """
matmul(np.ones((32, 784), np.float32), np.ones((784, 128), np.float32))
print(get_num_threads())
""")
    assert answer.stdout.strip() == str(min(2, os.cpu_count())), answer.stderr


def test_compiled_kernels_take_over_from_blas_and_keep_the_number_of_threads():
    pytest.importorskip("numba")
    answer = run(BLAS + """
gate(np.ones((3, 4), np.float32), np.ones((3, 4), bool))
print(blas() in (set(), {1}), get_num_threads())
set_num_threads(1)
print(blas() in (set(), {1}), get_num_threads())
""", compiled="1")
    assert answer.stdout.split() == ["True", str(min(2, os.cpu_count())), "True", "1"], answer.stderr


def test_parts_of_compiled_kernels():
    set_num_threads(3)
    assert shares(10, MUCH).tolist() == [0, 3, 6, 10]
    assert shares(2, MUCH).tolist() == [0, 1, 2]
    assert shares(0, MUCH).tolist() == [0, 0]
    assert shares(10, 100).tolist() == [0, 10]          # little work stays here
    elsewhere = []
    thread = threading.Thread(target=lambda: elsewhere.append(shares(10, MUCH).tolist()))
    thread.start()
    thread.join()
    assert elsewhere == [[0, 10]]


def test_a_fork_goes_on_alone():
    pytest.importorskip("numba")
    answer = run("""
import os
import numpy as np
from chainrule.layers.kernels import gate, set_num_threads, shares
set_num_threads(2)
v, is_open = np.ones((500, 700), np.float32), np.ones((500, 700), bool)
gate(v, is_open)
child = os.fork()
if not child:
    os._exit(0 if shares(9, 1 << 30).tolist() == [0, 9] and (gate(v, is_open) == 1).all() else 1)
print(os.waitpid(child, 0)[1])
""", compiled="1")
    assert answer.stdout.strip() == "0", answer.stderr
