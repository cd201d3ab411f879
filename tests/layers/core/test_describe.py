"""Descriptions: receptive fields compose, shared memory counts once."""

import numpy as np
import pytest

from chainrule.layers import Add, Dropout, Flatten, Linear, Sigmoid, Tanh
from chainrule.layers.core import ShapeError, cache_bytes, compose, message, widest
from chainrule.models import Graph, Parallel, Residual, Sequential


def test_fields_compose_as_size_plus_kernel_minus_one_times_stride():
    assert compose(((3, 2),), ((5, 3),)) == ((3 + 4 * 2, 6),)
    assert compose((), ((5, 3),)) == ((5, 3),) and compose(((5, 3),), ()) == ((5, 3),)
    assert compose(None, ((5, 3),)) is None


def test_paths_that_meet_see_what_the_widest_sees():
    assert widest([((3, 1), (3, 1)), (), ((5, 1), (5, 1))]) == ((5, 1), (5, 1))
    assert widest([((3, 1),), None]) is None


@pytest.mark.parametrize("model", [
    Sequential(Linear(6, 5), Tanh(), Linear(5, 5), Sigmoid(), Linear(5, 2)),
    Sequential(Flatten(0, -1), Flatten(0, 0)),
    Sequential(Linear(6, 6), Residual(Sequential(Linear(6, 6), Tanh())), Residual(Tanh(), Sigmoid())),
    Sequential(Parallel(Tanh(), Linear(6, 6), Flatten()), Add(), Dropout(0.5)),
    Graph(["x"], {"a": (Tanh(), "x"), "b": (Linear(6, 6), "a"), "c": (Add(), "a", "b", "x")}, ["c"]),
    Residual(Tanh()), Residual(Flatten(), Flatten()),
])
def test_a_container_describes_what_a_real_forward_keeps(model):
    x = np.ones((4, 6), np.float32)
    described = model.describe(x.shape)
    y = model.forward(x)
    assert described.y_shapes == (y.shape,) and described.views == (0 if np.shares_memory(y, x) else None,)
    assert described.cache_bytes() == cache_bytes(model.cache)


def test_describe_raises_the_error_of_forward_with_the_address():
    model = Sequential(Tanh(), Sequential(Linear(5, 2)))
    with pytest.raises(ShapeError) as described:
        model.describe((3, 4))
    with pytest.raises(ShapeError) as computed:
        model.forward(np.ones((3, 4), np.float32))
    assert message(described.value) == message(computed.value)
