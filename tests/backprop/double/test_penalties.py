"""Penalties on derivatives: their value, their gradient, their place in the trainer, and what they do on digits."""

import numpy as np
import pytest

from chainrule.backprop import GradientPenalty, JacobianPenalty, full_jacobian, jacobian_norms
from chainrule.data import ArrayDataset, DataLoader, digits
from chainrule.experiments.binding.registry import KINDS
from chainrule.layers import Linear, ReLU, Tanh
from chainrule.layers.core import StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss, Penalty
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.training import Trainer

rng = np.random.default_rng(0)
x = rng.normal(size=(5, 4))
target = np.array([0, 2, 1, 1, 0])


def network():
    return Sequential(Linear(4, 6, rng=np.random.default_rng(1)), Tanh(),
                      Linear(6, 3, rng=np.random.default_rng(2))).astype(np.float64)


def squares(model):
    return np.array([(full_jacobian(model, row[None])**2).sum() for row in x])


def test_the_value_is_that_of_the_jacobian():
    model = network()
    wanted = squares(model)
    np.testing.assert_allclose(JacobianPenalty(model, 0.7).forward(model.forward(x)), 0.35 * wanted.mean())
    np.testing.assert_allclose(jacobian_norms(model, x), np.sqrt(wanted))


def test_random_projections_are_right_on_average():
    model = network()
    penalty = JacobianPenalty(model, 2.0, projections=400, rng=np.random.default_rng(0))
    np.testing.assert_allclose(penalty.forward(model.forward(x)), squares(model).mean(), rtol=0.05)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradient_penalty_is_of_every_sample_s_own_loss(reduction):
    model, loss, wanted = network(), CrossEntropyLoss(reduction=reduction), 0.0
    for row, label in zip(x, target, strict=True):
        loss.forward(model.forward(row[None]), label[None])
        wanted += 0.35 / 5 * float((model.backward(loss.backward())**2).sum())
    loss.forward(model.forward(x), target)
    np.testing.assert_allclose(GradientPenalty(model, loss, 0.7).forward(), wanted)


@pytest.mark.parametrize("kind", ["jacobian", "gradient"])
def test_gradient_against_differences(kind):
    model, loss = network(), CrossEntropyLoss()
    penalty = JacobianPenalty(model, 0.7) if kind == "jacobian" else GradientPenalty(model, loss, 0.7)

    def value():
        y = model.forward(x)
        loss.forward(y, target)
        return penalty.forward(y)
    before, y = value(), model.forward(x)
    loss.forward(y, target)
    model.zero_grad()
    assert np.isclose(penalty.add_gradient(y), before)
    model.zero_grad()
    penalty.backward(2.0, y)
    for parameter in model.parameters():
        step = rng.normal(size=parameter.shape)
        start, eps = parameter.data.copy(), 1e-5
        parameter.data = start + eps * step
        above = value()
        parameter.data = start - eps * step
        slope = (above - value()) / (2 * eps)
        parameter.data = start
        assert abs(2 * slope - float((parameter.grad * step).sum())) < 1e-6


def test_the_trainer_adds_it_to_the_loss():
    model, loss = network(), MSELoss()
    y, wanted = model.forward(x), rng.normal(size=(5, 3))
    penalty = JacobianPenalty(model, 0.7)
    trainer = Trainer(model, loss, SGD(model.parameters(), lr=0.1), penalties=[penalty])
    assert np.isclose(trainer.gradient(x, wanted).penalty, penalty.forward(y))
    with pytest.raises(ValueRangeError, match="Trainer expected no micro_batch_size with a penalty on the network's"):
        Trainer(model, loss, SGD(model.parameters(), lr=0.1), penalties=[penalty], micro_batch_size=2)


def test_configs_know_them():
    members = KINDS[Penalty].members
    assert {"JacobianPenalty", "GradientPenalty"} <= set(members)
    assert "NetworkPenalty" not in members


def test_nothing_costs_nothing():
    model = Linear(3, 2)
    penalty = JacobianPenalty(model, 1.0)
    y = model.forward(np.zeros((0, 3), np.float32))
    penalty.backward(prediction=y)
    assert penalty.forward(y) == 0 and not model.weight.grad.any()
    assert jacobian_norms(model, np.zeros((0, 3), np.float32)).shape == (0,)


def test_mistakes_are_named():
    model = network()
    with pytest.raises(StateError, match="JacobianPenalty expected the network's last output as prediction"):
        JacobianPenalty(model, 1.0).forward()
    with pytest.raises(ValueRangeError, match="GradientPenalty expected a loss with reduction='mean' or 'sum'"):
        GradientPenalty(model, MSELoss(reduction="none"), 1.0)


@pytest.mark.long
def test_on_digits_it_halves_the_jacobian_and_keeps_the_accuracy():
    train, test = digits(flat=True).split(rng=np.random.default_rng(0))
    few, found = ArrayDataset(train.x[:100], train.y[:100]), {}
    for weight in (0.0, 0.02):
        model = Sequential(Linear(64, 64, rng=np.random.default_rng(1)), ReLU(),
                           Linear(64, 10, rng=np.random.default_rng(2)))
        penalties = [JacobianPenalty(model, weight)] if weight else []
        trainer = Trainer(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), penalties=penalties,
                          metrics=["accuracy"])
        trainer.fit(DataLoader(few, 25, shuffle=True, rng=np.random.default_rng(3)), epochs=40)
        found[weight] = trainer.evaluate(test)["accuracy"], float(jacobian_norms(model, test.x).mean())
    (plain, rough), (priced, smooth) = found.values()
    assert smooth <= rough / 2, found
    assert priced >= plain - 0.01, found
