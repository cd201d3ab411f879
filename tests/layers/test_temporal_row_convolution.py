"""TemporalRowConvolution against torch's depthwise convolution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Conv1d, TemporalRowConvolution
from chainrule.layers.core import ShapeError, ValueRangeError


@settings(max_examples=40, deadline=None)
@given(batch=st.none() | st.integers(0, 3), size=st.integers(1, 5), width=st.integers(1, 4), step=st.integers(1, 3),
       more=st.integers(0, 5), first=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_a_depthwise_convolution(batch, size, width, step, more, first, seed):
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(seed)
    layer = TemporalRowConvolution(size, width, step, first).astype(np.float64)
    shape = (*(() if batch is None else (batch,)), *((size, width + more) if first else (width + more, size)))
    x = rng.normal(size=shape)
    tensors = [torch.tensor(each, requires_grad=True) for each in (x, layer.weight.data, layer.bias.data)]

    def turned(values):
        return values if first else values.transpose(-1, -2)

    expected = turned(torch.nn.functional.conv1d(turned(tensors[0]), *tensors[1:], stride=step, groups=size))
    y = layer.forward(x)
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    assert layer.describe(x.shape).y_shapes == (y.shape,)
    grad_out = rng.normal(size=y.shape)
    grad_x = layer.backward(grad_out)
    expected.backward(torch.tensor(grad_out))
    for mine, tensor in zip((grad_x, layer.weight.grad, layer.bias.grad), tensors, strict=True):
        np.testing.assert_allclose(mine, tensor.grad, rtol=1e-10, atol=1e-12)


def test_it_is_a_conv1d_and_no_copy():
    layer = TemporalRowConvolution(4, 3, 2)
    assert isinstance(layer, Conv1d)
    conv = Conv1d(4, 4, 3, stride=2, groups=4)
    conv.load_state_dict(layer.state_dict())
    x = np.random.default_rng(0).normal(size=(2, 9, 4)).astype(np.float32)
    np.testing.assert_array_equal(layer.forward(x), conv.forward(x.swapaxes(1, 2)).swapaxes(1, 2))
    assert repr(layer) == "TemporalRowConvolution(4, 3, 2)"


def test_what_is_refused():
    layer = TemporalRowConvolution(4, 3)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, T, 4\), got \(2, 4, 7\); write feat_first=True"):
        layer.forward(np.ones((2, 4, 7), np.float32))
    with pytest.raises(ShapeError, match=r"expected x of at least 3 steps, got \(2, 2, 4\)"):
        layer.forward(np.ones((2, 2, 4), np.float32))
    with pytest.raises(ShapeError, match=r"expected x of shape \(T, 4\), got \(7,\)"):
        layer.forward(np.ones(7, np.float32))
    with pytest.raises(ValueRangeError, match="TemporalRowConvolution expected kW as a whole number of at least 1"):
        TemporalRowConvolution(4, 0)
