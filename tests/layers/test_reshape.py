"""Rearranging layers against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Flatten, Identity, Unflatten
from chainrule.layers.core import ShapeError


@settings(max_examples=40, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=5), data=st.data())
def test_flatten_agrees_with_torch(agrees, shape, data):
    torch = pytest.importorskip("torch")
    start = data.draw(st.integers(0, len(shape) - 1))
    end = data.draw(st.integers(start, len(shape) - 1)) - data.draw(st.sampled_from([0, len(shape)]))
    agrees(Flatten(start, end), torch.nn.Flatten(start, end), np.random.default_rng(0).normal(size=shape))


@pytest.mark.parametrize(("dim", "sizes", "shape"), [
    (1, (2, 3), (5, 6)), (1, (2, -1), (5, 6, 7)), (-1, (1, 2, 3), (4, 6)), (0, (-1,), (4, 6))])
def test_unflatten_agrees_with_torch(agrees, dim, sizes, shape):
    torch = pytest.importorskip("torch")
    agrees(Unflatten(dim, sizes), torch.nn.Unflatten(dim, sizes), np.random.default_rng(0).normal(size=shape))


def test_identity_hands_on_what_it_gets():
    x = np.ones(3)
    layer = Identity()
    assert layer.forward(x) is x and layer.backward(x) is x


@pytest.mark.parametrize(("layer", "shape", "shown"), [
    (Flatten(), (5,), r"Flatten\(\) expected x with axes 1 to -1, got \(5,\)"),
    (Flatten(2, 1), (5, 4, 3), "expected x with axes 2 to 1"),
    (Unflatten(1, (2, 4)), (5, 6), r"expected x whose axis 1 splits into \(2, 4\), got \(5, 6\)"),
    (Unflatten(2, (2, 3)), (5, 6), "whose axis 2 splits"),
    (Unflatten(1, (-1, -1)), (5, 6), "splits into"),
    (Unflatten(1, (4, -1)), (5, 6), "splits into"),
])
def test_what_does_not_fit_is_refused_by_forward_and_describe(layer, shape, shown):
    with pytest.raises(ShapeError, match=shown):
        layer.forward(np.zeros(shape))
    with pytest.raises(ShapeError, match=shown):
        layer.describe(shape)
