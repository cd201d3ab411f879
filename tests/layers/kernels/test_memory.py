"""Memory that goes round: lent again only when nobody looks at it any more."""

import copy

import numpy as np
import pytest

from chainrule.layers.kernels import empty, empty_like, release

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
