"""Memory that goes round: lent again only when nobody looks at it any more."""

import copy
import subprocess
import sys

import numpy as np
import pytest

from chainrule.layers.kernels import empty, empty_like, has_twins, lent, limit, memory, release

LARGE = (130, 257)


@pytest.fixture(autouse=True)
def nothing_free():
    release()


def address(array):
    return array.__array_interface__["data"][0]


def pages(array):
    """Return where the block of an array begins, whatever offset the array was given in it."""
    return address(array) // 4096


def test_shape_and_dtype():
    array = empty(LARGE, np.float64)
    assert array.shape == LARGE and array.dtype == np.float64 and array.flags.c_contiguous and array.flags.writeable
    assert type(array) is np.ndarray
    assert empty_like(array.T).shape == LARGE[::-1] and empty_like(array.T).flags.c_contiguous


@pytest.mark.parametrize("shape", [(), (0, 5), (3,)])
def test_small_arrays_are_numpys_own(shape):
    assert empty(shape, np.float32).shape == shape and empty(shape, np.float32).base is None


def test_memory_comes_back_when_the_last_view_dies():
    array = empty(LARGE, np.float32)
    place = pages(array)
    view = array.reshape(-1)[5:].reshape(-1, 1)
    del array
    other = empty(LARGE, np.float32)
    assert abs(address(other) - address(view)) >= view.nbytes       # still lent
    del view, other
    assert place in {pages(array) for array in [empty(LARGE, np.float32) for _ in range(2)]}


def test_no_two_arrays_overlap():
    arrays = []
    for number in range(20):
        arrays.append(empty((1000 + number, 33), np.float32))
        arrays[-1][...] = number
        if number % 3 == 2:
            del arrays[0]
    assert all((array == array[0, 0]).all() for array in arrays)
    assert len({array[0, 0] for array in arrays}) == len(arrays)


def test_a_slightly_smaller_array_takes_the_same_block():
    first = empty((100, 1024), np.float32)
    place = pages(first)
    del first
    assert pages(empty((99, 1024), np.float32)) == place


def test_copies_own_their_memory():
    array = empty(LARGE, np.float32)
    assert array.copy().flags.owndata and copy.deepcopy(array).flags.owndata


def test_release_gives_back_what_nobody_uses():
    kept, dropped = empty(LARGE, np.float32), empty(LARGE, np.float32)
    kept[...] = 3
    del dropped
    assert release() >= kept.nbytes and release() == 0
    assert (kept == 3).all()


def test_within_a_limit_free_blocks_become_what_is_wanted():
    begin = lent()
    kept, large = empty((100, 1000), np.float32), empty((300, 1000), np.float32)
    kept[...] = 3
    filled = lent() - begin
    del large
    with limit(begin + filled):
        parts = [empty((100, 1000), np.float32) for _ in range(2)]      # more than is left beside the large block
        assert memory._Bytes.held <= begin + filled
        del parts
        again = empty((300, 1000), np.float32)
        again[...] = 7
        assert memory._Bytes.held <= begin + filled and lent() - begin == filled
        more = empty((300, 1000), np.float32)                           # what is in use may be too much
        assert lent() - begin > filled
    assert (kept == 3).all() and (again == 7).all() and memory._Bytes.most == float("inf")
    del more, again, kept
    assert lent() == begin


FORK = """
import os, numpy as np
from chainrule.layers.kernels import empty
x = empty((300, 300), np.float32)
x[...] = 1
child = os.fork()
if child == 0:
    x[...] = 7
    os._exit(0)
os.waitpid(child, 0)
print(x.max())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no forks")
def test_a_forked_process_writes_into_memory_of_its_own():
    assert subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True).stdout.strip() == "1.0"


STEPS = """
import resource
import numpy as np
from chainrule.layers.kernels import memory
from chainrule.losses import CrossEntropyLoss
from chainrule.models import zoo
from chainrule.optim import Adam
from chainrule.training import train_step

model, shape = {network}
x, y = np.ones(shape, np.float32), np.arange(shape[0]) % 10
optimizer, loss = Adam(model.parameters()), CrossEntropyLoss()
model.needs_input_grad = False
made = []
memory.mmap.mmap = type("Counted", (memory.mmap.mmap,), dict(__init__=lambda self, *_, **__: made.append(len(self))))

def steps(count):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(count):
        train_step(model, loss, optimizer, x, y)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

steps(4)
first = len(made)
pages = min(steps(2) / 2 for _ in range(5))
print(first, len(made) - first, pages)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts page faults")
@pytest.mark.parametrize("network", [
    "zoo.mlp([784, 512, 512, 10]), (128, 784)",
    "zoo.lenet5(10), (32, 1, 28, 28)",
    "zoo.resnet(10, 3, (8, 16), blocks=1, image_size=32), (16, 3, 32, 32)",
])
def test_training_takes_no_fresh_large_memory_after_its_first_steps(network):
    if not has_twins():
        pytest.skip("only compiled kernels do without temporary arrays; needs Numba")
    program = STEPS.format(network=network)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, later, pages = map(float, done.stdout.split())
    assert first > 0 and later == 0
    assert pages < 100          # of 4 kB, where the arrays of a step fill thousands
