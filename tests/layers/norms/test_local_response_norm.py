"""Local response normalisation against PyTorch, and in second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import CrossMapLRN2d, LocalResponseNorm


@settings(max_examples=40, deadline=None, derandomize=True)
@given(size=st.integers(1, 6), alpha=st.floats(0.01, 2), beta=st.floats(0.3, 1.5), k=st.floats(0.5, 2),
       channels=st.integers(1, 6), spatial=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_agrees_with_torch(agrees, size, alpha, beta, k, channels, spatial):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(2, channels, *spatial))
    agrees(LocalResponseNorm(size, alpha, beta, k), torch.nn.LocalResponseNorm(size, alpha, beta, k), x)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_old_one_agrees_with_torch_where_the_neighbourhood_is_symmetric(agrees, size):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(2, 7, 3, 2))
    agrees(CrossMapLRN2d(size, 0.5, 0.75, 1), torch.nn.LocalResponseNorm(size, 0.5, 0.75, 1), x)


@pytest.mark.parametrize("size", [2, 4])
def test_an_even_size_is_symmetric_too(size):
    x = np.random.default_rng(0).normal(size=(2, 7, 3, 2))
    slow, half = np.empty_like(x), (size - 1) // 2
    for c in range(7):
        near = x[:, max(0, c - half):c + half + 1]
        slow[:, c] = x[:, c] * (1 + 0.5 / size * (near**2).sum(axis=1)) ** -0.75
    np.testing.assert_allclose(CrossMapLRN2d(size, 0.5).forward(x), slow, rtol=1e-12)


@pytest.mark.parametrize("layer", [LocalResponseNorm(4, 0.7, 0.6), CrossMapLRN2d(3, 0.7, 0.6)])
def test_tangents_and_their_way_back(layer):
    rng = np.random.default_rng(1)
    x, x_dot, grad_out, grad_out_dot = rng.normal(size=(4, 2, 5, 3, 2))
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    eps, results = 1e-6, []
    for step in (eps, -eps):
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot)))
    for mine, high, low in zip((y_dot, grad_x_dot), *results, strict=True):
        np.testing.assert_allclose(mine, (high - low) / (2 * eps), rtol=1e-6, atol=1e-7)
