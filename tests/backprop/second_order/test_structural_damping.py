"""Structural damping adds exactly the squared change of the states, for every kind of cell, and leaves nothing."""

import numpy as np
import pytest

from chainrule.backprop import gauss_newton, parameter_jacobian, structural_damping
from chainrule.layers import GRU, LSTM, RNN, Linear, Select, Take
from chainrule.losses import MSELoss
from chainrule.models import Sequential

rng = np.random.default_rng(0)
x, y = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 1))


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_the_states_change_is_priced(kind):
    cell = kind(2, 3, batch_first=True)
    model = Sequential(cell, Select(0), Take(-1), Linear(3, 1)).astype(np.float64)
    states = parameter_jacobian(Sequential(cell, Select(0)), x, model.parameters())
    jacobian = states @ np.eye(states.shape[1])
    G = gauss_newton(model, MSELoss(), x, y)
    plain = G @ np.eye(G.shape[0])
    with structural_damping(0.7):
        damped = G @ np.eye(G.shape[0])
    np.testing.assert_allclose(damped, plain + 0.7 * jacobian.T @ jacobian, atol=1e-12)
    assert np.abs(damped - plain).max() > 1e-3
    np.testing.assert_array_equal(G @ np.eye(G.shape[0]), plain)


def test_two_layers_are_both_priced():
    first, second = RNN(2, 3, batch_first=True), RNN(3, 2, batch_first=True)
    model = Sequential(first, Select(0), second, Select(0), Take(-1), Linear(2, 1)).astype(np.float64)
    G = gauss_newton(model, MSELoss(), x, y)
    wanted = G @ np.eye(G.shape[0])
    for part in (model[:2], model[:4]):
        states = parameter_jacobian(part, x, model.parameters())
        jacobian = states @ np.eye(states.shape[1])
        wanted = wanted + 0.3 * jacobian.T @ jacobian
    with structural_damping(0.3):
        np.testing.assert_allclose(G @ np.eye(G.shape[0]), wanted, atol=1e-12)
