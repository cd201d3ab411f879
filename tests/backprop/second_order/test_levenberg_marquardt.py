"""Levenberg–Marquardt against SciPy's least squares."""

import numpy as np
import pytest
import scipy

from chainrule.backprop import LevenbergMarquardt
from chainrule.layers import Linear, Tanh
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss, L2Penalty, MSELoss
from chainrule.models import Sequential
from chainrule.optim.vector import place, value_vector
from chainrule.training import Objective

x = np.linspace(-1, 1, 17)[:, None]


@pytest.mark.parametrize(("hidden", "targets"), [(2, 1), (7, 2)], ids=["columns", "rows"])
def test_it_ends_where_scipy_ends(hidden, targets):
    rng = np.random.default_rng(0)
    y = np.hstack([np.sin(3 * x), x**2])[:, :targets]
    model = Sequential(Linear(1, hidden, rng=rng), Tanh(), Linear(hidden, targets, rng=rng)).astype(np.float64)
    parameters = list(model.parameters())

    def errors(w):
        place(parameters, w)
        return ((model.forward(x) - y) / np.sqrt(y.size)).ravel()
    start = value_vector(parameters)
    optimizer, objective = LevenbergMarquardt(parameters), Objective(model, MSELoss(), x, y)
    losses = [optimizer.step(objective) for _ in range(60)]
    assert (np.diff(losses) <= 0).all()
    theirs = 2 * scipy.optimize.least_squares(errors, start, max_nfev=60).cost
    assert losses[-1] < 2 * theirs + 1e-9


def test_least_squares_take_two_steps(regression):
    inputs, y = regression
    model = Linear(4, 2).astype(np.float64)
    optimizer = LevenbergMarquardt(model.parameters(), damping=1e-9)
    for _ in range(2):
        optimizer.step(Objective(model, MSELoss(), inputs, y))
    best = np.linalg.lstsq(np.hstack([inputs, np.ones((31, 1))]), y, rcond=None)[0].T
    np.testing.assert_allclose(np.hstack([model.weight.data, model.bias.data[:, None]]), best, atol=1e-9)


def test_only_sums_of_squares_of_few_parameters(objective):
    optimizer = LevenbergMarquardt(objective.model.parameters())
    with pytest.raises(ValueRangeError, match=r"got CrossEntropyLoss\(\S*\); HessianFree takes others"):
        optimizer.step(objective)
    wide = Linear(1000, 1000)
    many = np.zeros((200, 1000), np.float32)
    with pytest.raises(ValueRangeError, match="200000 errors by 1001000 parameters"):
        LevenbergMarquardt(wide.parameters()).step(Objective(wide, MSELoss(), many, many))
    with pytest.raises(ValueRangeError, match="and penalties"):
        LevenbergMarquardt(wide.parameters()).step(
            Objective(wide, MSELoss(), many, many, [L2Penalty(wide.parameters(), 1.0)]))
    assert isinstance(objective.loss, CrossEntropyLoss)
