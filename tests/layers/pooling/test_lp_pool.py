"""Norms of windows against PyTorch, and where PyTorch has no number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import LPPool1d, LPPool2d
from chainrule.layers.core import ValueRangeError, cache_bytes
from chainrule.testing import check_layer

INFINITE = float("inf")


@settings(max_examples=150, deadline=None)
@given(axes=st.integers(1, 3), norm_type=st.sampled_from([1, 2, 3, 4.0, 1.5, -2, 0.5, INFINITE, -INFINITE]),
       data=st.data())
def test_agrees_with_torch(agrees, axes, norm_type, data):
    torch = pytest.importorskip("torch")
    kernel = tuple(data.draw(st.integers(1, 4)) for _ in range(axes))
    stride = data.draw(st.sampled_from([None, tuple(data.draw(st.integers(1, 5)) for _ in range(axes))]))
    options = {"norm_type": norm_type, "kernel_size": kernel[0] if axes == 1 else kernel,
               "stride": stride[0] if axes == 1 and stride else stride, "ceil_mode": data.draw(st.booleans())}
    lead = data.draw(st.sampled_from([(), (1,), (3,)]))
    shape = (*lead, 2, *(size + data.draw(st.integers(0, 5)) for size in kernel))
    x = np.random.default_rng(0).normal(size=shape)
    if norm_type in (1.5, -2, 0.5):
        x = np.abs(x) + 0.1
    elif data.draw(st.booleans()):
        x = np.round(x)                             # zeros and ties; roots of negative sums are NaN in both
    name = f"LPPool{axes}d"
    layer = getattr(layers, name)(**options)
    agrees(layer, getattr(torch.nn, name)(**options), x)
    description = layer.describe(x.shape)
    assert description.y_shapes == (layer.cache.y.shape,)
    assert description.cache_bytes(x.dtype) == cache_bytes(layer.cache)


@pytest.mark.parametrize("norm_type", [2, 3, 1.5, 0.5, -2, INFINITE, -INFINITE])
def test_where_y_is_zero_the_gradient_is(norm_type):
    layer = LPPool1d(norm_type, 2)
    y = layer.forward(np.zeros((1, 4)))
    assert y.tolist() == [[0.0, 0.0]]
    assert layer.backward(np.ones((1, 2))).tolist() == [[0.0] * 4]
    assert layer.jvp(np.ones((1, 4))).tolist() == [[0.0, 0.0]]
    for grad in layer.backward_jvp(np.ones((1, 2)), np.ones((1, 2))):
        assert grad.tolist() == [[0.0] * 4]


def test_a_negative_norm_type_has_no_slope_at_zero():
    layer = LPPool1d(-2, 2)
    layer.forward(np.array([[0.0, 3.0, 1.0, 2.0]]))     # PyTorch answers NaN for the first two
    np.testing.assert_allclose(layer.backward(np.ones((1, 2))), [[0, 0, 0.715542, 0.089443]], atol=1e-6)


@pytest.mark.parametrize("norm_type", [1, 2, 3.5, 0.7, -1.5])
def test_second_derivatives_hold_for_every_norm(norm_type):
    x = np.random.default_rng(0).uniform(0.5, 2, (2, 3, 5))
    assert check_layer(LPPool1d(norm_type, 3, 1, ceil_mode=True), x).problems == []


def test_what_it_refuses():
    for wrong in (0, float("nan")):
        with pytest.raises(ValueRangeError, match="LPPool2d expected norm_type other than 0, got"):
            LPPool2d(wrong, 2)
