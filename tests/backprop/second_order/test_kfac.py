"""K-FAC: a Newton step where its Fisher matrix is exact, and training where it is not."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop import KFAC
from chainrule.layers import Conv2d, Flatten, Linear, Tanh
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential
from chainrule.training import Objective


def test_one_step_solves_least_squares(regression):
    x, y = regression[0], regression[1][:, :1]      # of one output, else the factor of outputs is an estimate
    model = Linear(4, 1).astype(np.float64)
    KFAC(model.parameters(), damping=1e-14).step(Objective(model, MSELoss(), x, y))
    best = np.linalg.lstsq(np.hstack([x, np.ones((31, 1))]), y, rcond=None)[0].T
    np.testing.assert_allclose(np.hstack([model.weight.data, model.bias.data[:, None]]), best, atol=1e-5)


@pytest.mark.parametrize("frozen", ["", "0.bias", "2"])
def test_it_learns_and_leaves_what_is_frozen(objective, frozen):
    chainrule.manual_seed(0)
    for name, parameter in objective.model.named_parameters():
        parameter.requires_grad = not (frozen and name.startswith(frozen))
    before = objective.model.state_dict()
    optimizer = KFAC(objective.model.parameters(), damping=0.1)
    losses = [optimizer.step(objective) for _ in range(60)]
    assert losses[-1] < (0.05 if frozen != "2" else 0.9) * losses[0]
    for name, value in objective.model.state_dict().items():
        assert (value == before[name]).all() == bool(frozen and name.startswith(frozen))


def test_weights_may_be_trained_without_their_biases(objective):
    bias = objective.model[0].bias.data.copy()
    optimizer = KFAC([objective.model[0].weight, objective.model[2].weight], damping=0.1)
    losses = [optimizer.step(objective) for _ in range(20)]
    assert losses[-1] < 0.5 * losses[0]
    np.testing.assert_array_equal(objective.model[0].bias.data, bias)


def test_convolutions_learn():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 1, 4, 5)), rng.integers(0, 2, 20)
    chainrule.manual_seed(0)
    model = Sequential(Conv2d(1, 3, 2), Tanh(), Flatten(), Linear(36, 2)).astype(np.float64)
    optimizer, objective = KFAC(model.parameters(), damping=0.1), Objective(model, CrossEntropyLoss(), x, y)
    losses = [optimizer.step(objective) for _ in range(25)]
    assert losses[-1] < 0.01 * losses[0]


def test_damping_follows_what_the_quadratic_promised(objective):
    optimizer = KFAC(objective.model.parameters(), damping=10.0, refresh=2)
    for _ in range(2):
        optimizer.step(objective)
    assert np.isclose(optimizer.memory["damping"], 10 * 0.95**2)     # so short a step is as promised
