"""Activations against PyTorch, and where they could overflow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import ELU, LeakyReLU, ReLU, Sigmoid, Softplus, Tanh
from chainrule.layers.core import ValueRangeError

options = st.sampled_from([
    ("ReLU", {}), ("LeakyReLU", {}), ("LeakyReLU", {"negative_slope": 0.3}), ("LeakyReLU", {"negative_slope": -0.5}),
    ("ELU", {}), ("ELU", {"alpha": 0.7}), ("Sigmoid", {}), ("Tanh", {}), ("Softplus", {}),
    ("Softplus", {"beta": 3.0, "threshold": 1.5})])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(option=options, shape=st.lists(st.integers(1, 5), max_size=4), scale=st.sampled_from([0.1, 1.0, 30.0]),
       seed=st.integers(0, 99))
def test_agrees_with_torch(agrees, option, shape, scale, seed):
    torch = pytest.importorskip("torch")
    name, arguments = option
    x = np.asarray(np.random.default_rng(seed).normal(size=shape) * scale)
    agrees(getattr(layers, name)(**arguments), getattr(torch.nn, name)(**arguments), x, seed=seed)


@pytest.mark.parametrize("layer", [ReLU(), LeakyReLU(), ELU(), Sigmoid(), Tanh(), Softplus()])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_inputs_give_finite_values_and_gradients(layer, dtype):
    x = np.array([-1e30, -1e4, -0.0, 0.0, 1e4, 1e30], dtype)
    y = layer.forward(x)
    grad_x = layer.backward(np.ones_like(x))
    assert y.dtype == grad_x.dtype == dtype
    assert np.isfinite(y).all() and np.isfinite(grad_x).all()


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), ELU(), Softplus()])
def test_curvature_is_the_derivative_of_the_slope(layer):
    x, eps = np.linspace(-3, 3, 14), 1e-6
    high, low = (layer.slope(moved, layer.value(moved)) for moved in (x + eps, x - eps))
    np.testing.assert_allclose(layer.curvature(x, layer.value(x)), (high - low) / (2 * eps), rtol=1e-6, atol=1e-8)


def test_the_subgradient_at_zero_is_zero():
    relu = ReLU()
    relu.forward(np.zeros(3))
    assert relu.backward(np.ones(3)).tolist() == [0, 0, 0]


def test_softplus_refuses_a_beta_that_is_not_positive():
    with pytest.raises(ValueRangeError, match=r"Softplus expected beta in \(0, inf\], got 0"):
        Softplus(beta=0)
