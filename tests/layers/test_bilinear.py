"""The bilinear map against PyTorch, and in second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Bilinear
from chainrule.layers.core import ShapeError

sizes = st.integers(1, 5)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(lead=st.lists(sizes, max_size=2), one=sizes, two=sizes, outputs=sizes, bias=st.booleans())
def test_agrees_with_torch(agrees, lead, one, two, outputs, bias):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    agrees(Bilinear(one, two, outputs, bias), torch.nn.Bilinear(one, two, outputs, bias),
           rng.normal(size=(*lead, one)), rng.normal(size=(*lead, two)))


def test_inputs_must_agree_in_their_leading_axes():
    with pytest.raises(ShapeError, match=r"Bilinear\(3, 4, 2\) expected x2 of shape \(5, 4\), got \(6, 4\)"):
        Bilinear(3, 4, 2).forward(np.ones((5, 3)), np.ones((6, 4)))


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer = Bilinear(3, 4, 2).astype(np.float64)
    (a, a_dot), (b, b_dot), (g, g_dot) = (rng.normal(size=(2, 5, n)) for n in (3, 4, 2))
    layer.weight.dot, layer.bias.dot = rng.normal(size=(2, 3, 4)), rng.normal(size=2)
    weight, bias = layer.weight.data.copy(), layer.bias.data.copy()
    layer.forward(a, b)
    y_dot = layer.jvp(a_dot, b_dot)
    _, (a_grad_dot, b_grad_dot) = layer.backward_jvp(g, g_dot)
    mine = (y_dot, a_grad_dot, b_grad_dot, layer.weight.grad_dot.copy(), layer.bias.grad_dot.copy())
    eps, results = 1e-6, []
    for step in (eps, -eps):
        layer.weight.data, layer.bias.data = weight + step * layer.weight.dot, bias + step * layer.bias.dot
        layer.zero_grad()
        y = layer.forward(a + step * a_dot, b + step * b_dot)
        results.append((y, *layer.backward(g + step * g_dot), layer.weight.grad.copy(), layer.bias.grad.copy()))
    for ours, high, low in zip(mine, *results, strict=True):
        np.testing.assert_allclose(ours, (high - low) / (2 * eps), rtol=1e-6, atol=1e-7)
