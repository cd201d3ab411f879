"""Elementary functions against PyTorch and their own curvature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Cos, Exp, Log, Power, Sin

FUNCTIONS = {"exp": Exp(), "log": Log(), "sin": Sin(), "cos": Cos()}
EXPONENTS = (0, 1, 2, 3, -1, 0.5, -2.5)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(name=st.sampled_from([*FUNCTIONS, *EXPONENTS]), shape=st.lists(st.integers(1, 5), max_size=3),
       seed=st.integers(0, 99))
def test_agrees_with_torch(agrees, name, shape, seed):
    torch = pytest.importorskip("torch")
    x = np.asarray(np.random.default_rng(seed).uniform(0.2, 3, size=shape))
    if isinstance(name, str):
        agrees(FUNCTIONS[name], getattr(torch, name), x, seed=seed)
    else:
        agrees(Power(name), lambda tensor: tensor**name, x, seed=seed)


@pytest.mark.parametrize("layer", [*FUNCTIONS.values(), *(Power(exponent) for exponent in EXPONENTS)])
def test_curvature_is_the_derivative_of_the_slope(layer):
    x, eps = np.linspace(0.3, 3, 14), 1e-6
    high, low = (layer.slope(moved, layer.value(moved)) for moved in (x + eps, x - eps))
    np.testing.assert_allclose(layer.curvature(x, layer.value(x)), (high - low) / (2 * eps), rtol=1e-6, atol=1e-7)


def test_small_powers_are_exact_at_zero():
    for exponent, slope in ((0, 0.0), (1, 1.0), (2, 0.0)):
        power = Power(exponent)
        power.forward(np.zeros(2))
        assert power.backward(np.ones(2)).tolist() == [slope, slope]
