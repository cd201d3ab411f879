"""A job of one process."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError
from chainrule.training.parallel import Alone


def test_a_sum_over_one_is_what_it_was():
    array = np.arange(6.0).reshape(2, 3)
    Alone().all_reduce_(array)
    Alone().broadcast_(array)
    Alone().barrier()
    assert (array == np.arange(6.0).reshape(2, 3)).all()


def test_what_several_could_not_reduce_one_refuses_too():
    with pytest.raises(DtypeError, match="Alone expected an array of float32, float64 or int64, got list"):
        Alone().all_reduce_([1.0])
    with pytest.raises(ShapeError, match="contiguous"):
        Alone().broadcast_(np.zeros((3, 4))[:, ::2])
