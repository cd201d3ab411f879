"""One place along an axis against PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.layers import Take
from chainrule.layers.core import ShapeError


@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=4), data=st.data())
def test_agrees_with_torch(agrees, shape, data):
    pytest.importorskip("torch")
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    index = data.draw(st.integers(-shape[dim], shape[dim] - 1))
    agrees(Take(index, dim), lambda x: x.select(dim, index), np.random.default_rng(0).normal(size=shape))


@pytest.mark.parametrize(("layer", "shape", "shown"), [
    (Take(5), (3, 5, 4), r"Take\(5\) expected x with a place 5 along axis 1, got \(3, 5, 4\)"),
    (Take(-6), (3, 5), "a place -6 along axis 1"),
    (Take(0, 2), (3, 5), "a place 0 along axis 2"),
])
def test_what_does_not_fit_is_refused(layer, shape, shown):
    for refuse in (lambda: layer.forward(np.ones(shape)), lambda: layer.describe(shape)):
        with pytest.raises(ShapeError, match=shown):
            refuse()
