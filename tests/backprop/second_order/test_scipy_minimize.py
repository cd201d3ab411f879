"""SciPy's minimisers on a network's parameters: all of them find what is known."""

import numpy as np
import pytest

from chainrule.backprop import ScipyMinimize
from chainrule.backprop.second_order.scipy_minimize import METHODS
from chainrule.layers import Linear
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.losses import L2Penalty, MSELoss, weights_of
from chainrule.training import Objective


@pytest.mark.parametrize("method", METHODS)
def test_least_squares(regression, method):
    x, y = regression
    model = Linear(4, 2).astype(np.float64)
    ScipyMinimize(model.parameters(), method, max_iter=200).step(Objective(model, MSELoss(), x, y))
    best = np.linalg.lstsq(np.hstack([x, np.ones((31, 1))]), y, rcond=None)[0].T
    np.testing.assert_allclose(np.hstack([model.weight.data, model.bias.data[:, None]]), best, atol=1e-4)


@pytest.mark.parametrize("method", ["L-BFGS-B", "trust-ncg"])
def test_networks_and_penalties(objective, method):
    objective.penalties = [L2Penalty(weights_of(objective.model), 1e-3)]
    before = objective.value()
    optimizer = ScipyMinimize(objective.model.parameters(), method, max_iter=100)
    assert optimizer.step(objective) == before
    after = objective()
    assert after < before / 4
    assert max(np.abs(parameter.grad).max() for parameter in objective.model.parameters()) < 0.02


def test_a_step_that_goes_to_infinity_comes_back():
    model = Linear(1, 1, bias=False)
    model.weight.data = [[1e18]]
    x = np.ones((2, 1), np.float32)
    ScipyMinimize(model.parameters(), max_iter=5).step(Objective(model, MSELoss(), 1e-3 * x, x))
    assert np.isfinite(model.weight.data).all()


def test_wrong_options(objective):
    with pytest.raises(UnknownNameError, match="method"):
        ScipyMinimize(objective.model.parameters(), "Newton")
    with pytest.raises(ValueRangeError, match="max_iter"):
        ScipyMinimize(objective.model.parameters(), max_iter=0)
