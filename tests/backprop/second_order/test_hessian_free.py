"""Hessian-free optimisation: monotone, exact on quadratics, and with every option doing what it says."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop import HessianFree
from chainrule.layers import RNN, Linear, Select, Take
from chainrule.layers.core import UnknownNameError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.training import Objective


def train(objective, steps, **options):
    optimizer = HessianFree(objective.model.parameters(), **options)
    return optimizer, [optimizer.step(objective) for _ in range(steps)]


def test_the_loss_never_rises_and_the_classes_are_learned(objective):
    _, losses = train(objective, 30, damping=0.1, max_iter=40)
    assert (np.diff(losses) <= 0).all()
    assert losses[-1] < 0.1 * losses[0]


def test_least_squares_are_solved_as_damping_fades(regression):
    x, y = regression
    model = Linear(4, 2).astype(np.float64)
    optimizer, _ = train(Objective(model, MSELoss(), x, y), 15, draws=4, tolerance=1e-12)
    best = np.linalg.lstsq(np.hstack([x, np.ones((31, 1))]), y, rcond=None)[0].T
    np.testing.assert_allclose(np.hstack([model.weight.data, model.bias.data[:, None]]), best, atol=1e-4)
    assert np.isclose(optimizer.memory["damping"], (2 / 3)**15)


def test_exact_factors_leave_one_iteration_to_do(regression):
    x, y = regression[0], regression[1][:, :1]      # of one output, else the factor of outputs is an estimate
    best = np.linalg.lstsq(np.hstack([x, np.ones((31, 1))]), y, rcond=None)[0].T
    far = {}
    for preconditioner in ("diagonal", "kronecker"):
        chainrule.manual_seed(0)
        model = Linear(4, 1).astype(np.float64)
        train(Objective(model, MSELoss(), x, y), 1, damping=1e-9, max_iter=1, draws=3, preconditioner=preconditioner)
        far[preconditioner] = np.abs(np.hstack([model.weight.data, model.bias.data[:, None]]) - best).max()
    assert far["kronecker"] < 1e-6 < 0.1 < far["diagonal"]


def test_damping_rises_where_the_quadratic_promises_too_much(objective):
    class Cliff(Objective):
        def value(self):
            return super().value() + 10         # every trial is worse than promised

    cliff = Cliff(objective.model, objective.loss, objective.x, objective.y)
    before = objective.model.state_dict()
    optimizer, _ = train(cliff, 1, damping=0.1)
    assert np.isclose(optimizer.memory["damping"], 0.15)
    assert all((value == before[name]).all() for name, value in objective.model.state_dict().items())


def test_lr_goes_part_of_the_way(objective):
    ends = []
    start = objective.model.state_dict()
    for lr in (1.0, 0.25):
        objective.model.load_state_dict(start)
        train(objective, 1, lr=lr)
        ends.append(objective.model[0].weight.data.copy())
    np.testing.assert_allclose(ends[1], start["0.weight"] + 0.25 * (ends[0] - start["0.weight"]), rtol=1e-12)


def test_curvature_of_some_samples_grows_to_all(objective):
    chainrule.manual_seed(0)
    optimizer, losses = train(objective, 30, samples=5, growth=1.2, draws=3, damping=0.1)
    assert np.isclose(optimizer.memory["samples"], 5 * 1.2**30)
    assert losses[-1] < 0.5 * losses[0]


def test_structural_damping_holds_the_states():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, 5, 2)), rng.normal(size=(6, 1))
    changes = []
    for structural in (0.0, 100.0):
        chainrule.manual_seed(0)
        model = chainrule.models.Sequential(RNN(2, 4, batch_first=True), Select(0), Take(-1), Linear(4, 1))
        model.astype(np.float64)
        before = model[0].forward(x)[0]
        train(Objective(model, MSELoss(), x, y), 1, structural=structural, damping=0.1)
        changes.append(np.abs(model[0].forward(x)[0] - before).sum())
    assert changes[1] < changes[0] / 10


def test_factors_are_of_linear_and_convolution_layers():
    model = chainrule.models.Sequential(RNN(2, 4, batch_first=True), Select(0), Take(-1), Linear(4, 1))
    objective = Objective(model, MSELoss(), np.ones((6, 5, 2), np.float32), np.ones((6, 1), np.float32))
    with pytest.raises(ValueRangeError, match="Kronecker factors expected parameters of Linear and convolution"):
        train(objective, 1, draws=1, preconditioner="kronecker")
    with pytest.raises(UnknownNameError, match="unknown preconditioner of HessianFree 'block'; known: diagonal"):
        HessianFree(model.parameters(), preconditioner="block")
