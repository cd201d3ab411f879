"""Linear against PyTorch, slow loops and its own formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Linear
from chainrule.layers.core import ShapeError, ValueRangeError

sizes = st.integers(1, 7)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(lead=st.lists(sizes, max_size=3), inputs=sizes, outputs=sizes, bias=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(agrees, lead, inputs, outputs, bias, seed):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(seed).normal(size=(*lead, inputs))
    agrees(Linear(inputs, outputs, bias=bias), torch.nn.Linear(inputs, outputs, bias=bias), x, seed=seed)


def test_initial_values_fill_the_interval_of_torch():
    layer = Linear(9, 4000, rng=np.random.default_rng(0))
    for values in (layer.weight.data, layer.bias.data):
        assert values.dtype == np.float32
        assert np.abs(values).max() <= 1 / 3 and abs(values.std() - 1 / 3 / math.sqrt(3)) < 0.01


def test_the_wrong_shape_says_what_to_do():
    with pytest.raises(ShapeError, match=r"Linear\(64, 10\) expected x of shape \(\.\.\., 64\), "
                                         r"got \(32, 1, 8, 8\); put Flatten\(\) before it"):
        Linear(64, 10).forward(np.zeros((32, 1, 8, 8), np.float32))
    with pytest.raises(ShapeError, match=r"got \(32, 63\)$"):
        Linear(64, 10).forward(np.zeros((32, 63), np.float32))
    layer = Linear(64, 10)
    layer.forward(np.zeros((32, 64), np.float32))
    with pytest.raises(ShapeError, match=r"expected grad_out of shape \(32, 10\), got \(32, 1\)"):
        layer.backward(np.zeros((32, 1), np.float32))


@pytest.mark.parametrize(("inputs", "outputs"), [(0, 3), (3, -1), (2.5, 3), ("4", 3)])
def test_impossible_sizes_are_refused(inputs, outputs):
    with pytest.raises(ValueRangeError, match=r"Linear expected (in|out)_features as a whole number of at least 1"):
        Linear(inputs, outputs)


def test_tangents_of_weight_and_bias():
    rng = np.random.default_rng(0)
    layer = Linear(5, 3).astype(np.float64)
    (x, x_dot), (grad_out, grad_out_dot) = rng.normal(size=(2, 2, 4, 5)), rng.normal(size=(2, 2, 4, 3))
    layer.weight.dot, layer.bias.dot = rng.normal(size=(3, 5)), rng.normal(size=3)
    y = layer.forward(x)
    y_dot = layer.jvp(x_dot)
    grad_x, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    moved = Linear(5, 3).astype(np.float64)
    eps = 1e-6
    results = []
    for step in (eps, -eps):
        moved.weight.data = layer.weight.data + step * layer.weight.dot
        moved.bias.data = layer.bias.data + step * layer.bias.dot
        moved.zero_grad()
        results.append((moved.forward(x + step * x_dot), moved.backward(grad_out + step * grad_out_dot),
                        moved.weight.grad.copy(), moved.bias.grad.copy()))
    numeric = [(high - low) / (2 * eps) for high, low in zip(*results, strict=True)]
    for mine, other in zip((y_dot, grad_x_dot, layer.weight.grad_dot, layer.bias.grad_dot), numeric, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-8)
    assert y.shape == y_dot.shape and grad_x.shape == x.shape
