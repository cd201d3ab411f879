"""NonFiniteGuard: stops before the update, and names the layer, also when random masks decide."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Dropout, Layer, Linear, Log, Power
from chainrule.layers.core import NonFiniteError, default_rng, message
from chainrule.losses import L2Penalty, MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer


def fails(model, x, y=None, lr=0.1, penalties=(), epochs=50):
    data = ArrayDataset(x, np.ones((len(x), 1), np.float32) if y is None else y)
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=lr), penalties=penalties)
    with pytest.raises(NonFiniteError) as caught:
        trainer.fit(DataLoader(data, 4), epochs)
    return trainer, message(caught.value)


def test_the_layer_is_named_and_the_weights_are_those_before_the_batch():
    model = Sequential(Linear(3, 2), Sequential(Log(), Linear(2, 1)))
    before = model.state_dict()
    trainer, found = fails(model, -1e3 * np.ones((4, 3), np.float32))
    assert found.startswith("the loss is not finite in epoch 1: Log() gave ")
    assert "look at the data; in layer 1 of 2 of Sequential; in layer 2 of 2 of Sequential" in found
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
    assert len(trainer.history) == 0


def test_a_rate_too_large_ends_before_the_weights_are_lost():
    model = Sequential(Linear(3, 1))
    trainer, found = fails(model, np.ones((4, 3), np.float32), lr=1e6)
    assert "Linear(3, 1)" in found or "MSELoss()" in found
    assert len(trainer.history) > 0
    assert all(np.isfinite(parameter.data).all() for parameter in model.parameters())


def test_a_finite_loss_with_a_broken_gradient():
    model = Sequential(Linear(2, 2, bias=False), Power(0.5), Linear(2, 1))
    model[0].weight.data[...] = 0
    _, found = fails(model, np.ones((4, 2), np.float32))
    assert found.startswith("the gradient is not finite in epoch 1: Power(exponent=0.5) gave back ")
    assert np.isfinite(model[0].weight.data).all()


class Sometimes(Layer):
    """Gives infinity where a random number, drawn from the package's generator, is small."""

    def __init__(self, rng=None):
        self.rng = rng

    def forward(self, x):
        self.cache = default_rng(self.rng).random(x.shape) < 0.02
        return np.where(self.cache, np.inf, x)

    def backward(self, grad_out):
        return np.where(self.saved(), 0, grad_out)


@pytest.mark.parametrize("rng", [None, np.random.default_rng(0)])
def test_the_batch_runs_again_with_the_same_random_numbers(rng):
    model = Sequential(Linear(3, 2), Dropout(0.5), Sometimes(rng), Linear(2, 1))
    trainer, found = fails(model, np.ones((4, 3), np.float32))
    assert found.startswith(f"the loss is not finite in epoch {len(trainer.history) + 1}: Sometimes() gave ")
    if rng is not None:                                 # and afterwards they go on as if it had not
        counted = np.random.default_rng(0)
        counted.random((len(trainer.history) + 1, 4, 2))
        assert rng.bit_generator.state == counted.bit_generator.state


def test_a_penalty_can_be_the_cause():
    model = Sequential(Linear(3, 1))
    model[0].weight.data[...] = 1e25
    _, found = fails(model, np.zeros((4, 3), np.float32), penalties=[L2Penalty(model.parameters(), 1.0)])
    assert "look at penalties and callbacks" in found


def test_large_gradients_are_no_alarm():
    model = Sequential(Linear(3, 1, bias=False))
    data = ArrayDataset(np.full((4, 3), 1e15, np.float32), np.zeros((4, 1), np.float32))
    model[0].weight.data[...] = 1
    Trainer(model, MSELoss(), SGD(model.parameters(), lr=1e-35)).fit(DataLoader(data, 4))
    assert np.abs(model[0].weight.grad).min() > 1e20        # its square overflows


def test_a_step_outside_of_a_fit_is_guarded_too():
    model = Sequential(Linear(3, 1))
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1))
    assert np.isfinite(trainer.step(np.ones((4, 3), np.float32), np.ones((4, 1), np.float32)).loss)
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="check_step finds where it began"):
        trainer.step(np.full((4, 3), np.inf, np.float32), np.ones((4, 1), np.float32))
