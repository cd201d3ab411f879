"""The learned leak against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import PReLU
from chainrule.layers.core import ShapeError


@settings(max_examples=40, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 5), min_size=2, max_size=5), own=st.booleans(), init=st.floats(-1, 1),
       seed=st.integers(0, 99))
def test_agrees_with_torch(agrees, shape, own, init, seed):
    torch = pytest.importorskip("torch")
    count = shape[1] if own else 1
    x = np.random.default_rng(seed).normal(size=shape)
    agrees(PReLU(count, init), torch.nn.PReLU(count, init), x, seed=seed)


def test_one_leak_takes_any_shape_and_many_need_their_channels():
    assert PReLU().forward(np.asarray(-4.0)) == -1
    with pytest.raises(ShapeError, match=r"PReLU\(3\) expected x of shape \(N, 3, L\), got \(5, 4, 2\)"):
        PReLU(3).forward(np.ones((5, 4, 2)))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 3\), got \(3,\)"):
        PReLU(3).forward(np.ones(3))


@pytest.mark.parametrize("count", [1, 3])
def test_tangents_and_their_way_back(count):
    rng = np.random.default_rng(0)
    layer = PReLU(count).astype(np.float64)
    layer.weight.data = weight = rng.normal(size=count)
    layer.weight.dot = rng.normal(size=count)
    x, x_dot, grad_out, grad_out_dot = rng.normal(size=(4, 5, 3, 2))
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    weight_dot, eps, results = layer.weight.grad_dot.copy(), 1e-6, []
    for step in (eps, -eps):
        layer.weight.data = weight + step * layer.weight.dot
        layer.zero_grad()
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot),
                        layer.weight.grad.copy()))
    for mine, high, low in zip((y_dot, grad_x_dot, weight_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)
