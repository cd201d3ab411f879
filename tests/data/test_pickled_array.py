"""NumPy arrays in pickles, as NumPy writes them, and none that does not fit its bytes."""

import pickle

import numpy as np
import pytest

from chainrule.data.opcodes import OpcodeError, read_opcodes
from chainrule.data.pickled_array import NUMPY, PickledArray


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("dtype", ["u1", "i8", ">i4", "<f4", ">f8", "?"])
@pytest.mark.parametrize("order", "CF")
def test_arrays_come_back(protocol, dtype, order):
    array = np.asarray(np.arange(15).reshape(3, 5).astype(dtype), order=order)
    found = read_opcodes(pickle.dumps({"data": array}, protocol), NUMPY)["data"].array()
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype.newbyteorder("=")


@pytest.mark.parametrize("array", [np.array([object()]), np.array(["text"]), np.zeros(2, "datetime64[s]"),
                                   np.zeros(2, [("a", "u1")])], ids=lambda array: array.dtype.name)
def test_only_numbers_are_read(array):
    with pytest.raises(OpcodeError):
        read_opcodes(pickle.dumps(array, 2), NUMPY).array()


@pytest.mark.parametrize("shape", [(10**12,), (5,), (-4,), (True, 4), ("4",), (1,) * 40])
def test_a_shape_that_does_not_fit_is_refused(shape):
    dtype = NUMPY["numpy.dtype"]("u1")
    made = PickledArray()
    made.build((1, shape, dtype, False, b"abcd"))
    with pytest.raises(OpcodeError, match="shape does not fit its 4 bytes"):
        made.array()


@pytest.mark.parametrize("state", [(), None, (1, [4], None, False, b"abcd"), (1, (4,), None, False, "abcd")])
def test_an_incomplete_array_is_refused(state):
    made = PickledArray()
    made.build(state)
    with pytest.raises(OpcodeError, match="incomplete"):
        made.array()


def test_unknown_codes_are_refused():
    with pytest.raises(OpcodeError, match="unknown code"):
        NUMPY["_codecs.encode"]("text", "zip")
    with pytest.raises(OpcodeError, match="not use"):
        NUMPY["numpy.ndarray"](3)
    with pytest.raises(OpcodeError, match="byte order"):
        NUMPY["numpy.dtype"]("f4").build((3, "!", None))
