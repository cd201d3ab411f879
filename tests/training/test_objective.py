"""Objective: a closure that also knows network, loss and batch."""

import numpy as np

from chainrule.layers import Linear
from chainrule.losses import L2Penalty, MSELoss, weights_of
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Objective, Trainer

rng = np.random.default_rng(0)
x, y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))


def test_a_call_gives_loss_and_gradients_with_penalties_and_value_the_same_loss():
    model, loss = Linear(3, 2).astype(np.float64), MSELoss()
    objective = Objective(model, loss, x, y, [L2Penalty(weights_of(model), 0.3)])
    assert objective() == objective()
    error = x @ model.weight.data.T + model.bias.data - y
    assert np.isclose(objective.value(), (error**2).mean() + 0.15 * (model.weight.data**2).sum(), rtol=1e-14)
    np.testing.assert_allclose(model.weight.grad, 2 / 14 * error.T @ x + 0.3 * model.weight.data, rtol=1e-12)
    part = objective.part(np.array([5, 0]))
    assert np.isclose(part.value(), (error[[5, 0]]**2).mean() + 0.15 * (model.weight.data**2).sum(), rtol=1e-14)


def test_a_trainer_hands_one_to_every_optimizer():
    seen = []

    class Asking(SGD):
        def step(self, closure=None):
            seen.append((closure.x, closure.y, closure.value()))
            return super().step(closure)

    model = Sequential(Linear(3, 2)).astype(np.float64)
    trainer = Trainer(model, MSELoss(), Asking(model.parameters(), lr=0), penalties=[L2Penalty(model.parameters(), 1)])
    step = trainer.step(x, y)
    assert seen[0][0] is x
    assert seen[0][1] is y
    assert np.isclose(seen[0][2], step.loss + step.penalty, rtol=1e-14)
