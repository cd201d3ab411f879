"""weight_buffer: which dtype a weight gets."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError
from chainrule.losses.weight import weight_buffer


def test_dtypes():
    assert weight_buffer(None, "weight", "Some") is None
    assert weight_buffer([1, 2], "weight", "Some").data.dtype == np.float32
    assert weight_buffer([1.0, 2.0], "weight", "Some").data.dtype == np.float32
    assert weight_buffer(np.array([1, 2]), "weight", "Some").data.dtype == np.float32
    assert weight_buffer(np.array([1.0, 2.0]), "weight", "Some").data.dtype == np.float64
    assert weight_buffer(2.0, "weight", "Some").data.shape == ()


def test_the_buffer_is_a_copy():
    mine = np.ones(3)
    buffer = weight_buffer(mine, "weight", "Some")
    mine[...] = 5
    assert buffer.data.tolist() == [1, 1, 1]


def test_no_numbers():
    with pytest.raises(DtypeError, match="Some expected weight as numbers, got bool"):
        weight_buffer([True], "weight", "Some")
