"""Softmax and log-softmax against PyTorch, far out, and in second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import LogSoftmax, Softmax, Softmax2d, Softmin
from chainrule.layers.core import ShapeError


@settings(max_examples=40, deadline=None, derandomize=True)
@given(kind=st.sampled_from([Softmax, LogSoftmax, Softmin]),
       shape=st.lists(st.integers(1, 5), min_size=1, max_size=4), data=st.data(),
       scale=st.sampled_from([1.0, 50.0]))
def test_agrees_with_torch(agrees, kind, shape, data, scale):
    torch = pytest.importorskip("torch")
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    agrees(kind(dim), getattr(torch.nn, kind.__name__)(dim), np.random.default_rng(0).normal(size=shape) * scale)


@pytest.mark.parametrize("kind", [Softmax, LogSoftmax, Softmin])
def test_extreme_scores_stay_finite(kind):
    layer = kind()
    y = layer.forward(np.array([[1e4, -1e4, 0.0]], np.float32))
    assert np.isfinite(y).all() and np.isfinite(layer.backward(np.ones_like(y))).all()


@pytest.mark.parametrize("kind", [Softmax, LogSoftmax, Softmin])
def test_tangents_and_their_way_back(kind):
    rng = np.random.default_rng(1)
    layer = kind(1)
    x, x_dot, grad_out, grad_out_dot = rng.normal(size=(4, 3, 5, 2))
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    grad_x, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), (x_dot * grad_x).sum())
    eps, results = 1e-6, []
    for step in (eps, -eps):
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot)))
    for mine, high, low in zip((y_dot, grad_x_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)


def test_a_missing_axis_is_refused():
    with pytest.raises(ShapeError, match=r"Softmax\(dim=2\) expected x with an axis 2, got \(3, 4\)"):
        Softmax(2).forward(np.ones((3, 4)))


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4, 5)])
def test_softmax2d_agrees_with_torch(agrees, shape):
    torch = pytest.importorskip("torch")
    agrees(Softmax2d(), torch.nn.Softmax2d(), np.random.default_rng(0).normal(size=shape))
    with pytest.raises(ShapeError, match=r"Softmax2d\(\) expected x of shape \(N, C, H, W\) or .*, got \(3, 4\)"):
        Softmax2d().forward(np.ones((3, 4)))
