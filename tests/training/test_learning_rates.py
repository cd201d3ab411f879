"""The range test: finds the rate at which descent on a quadratic diverges, and changes nothing."""

import numpy as np
import pytest

import chainrule
from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Dropout, Linear, ReLU
from chainrule.layers.core import StateError, ValueRangeError, get_rng_state
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.training import Callback, Trainer, find_learning_rates


def quadratic(curvature):
    """Return a trainer and its data: one weight, loss 0.5 * curvature * (w - 1)**2 and noise; 2 / it is too fast."""
    model = Linear(1, 1, bias=False).astype(np.float64)
    model.weight.data[...] = 0
    x = np.full((64, 1), np.sqrt(curvature / 2))
    y = x * np.random.default_rng(0).normal(1, 0.1, size=(64, 1))
    return Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1)), DataLoader(ArrayDataset(x, y), 4)


@pytest.mark.parametrize("curvature", [0.1, 10.0, 1000.0])
def test_what_is_suggested_is_fast_and_below_two_by_the_curvature(curvature):
    found = find_learning_rates(*quadratic(curvature), low=1e-6, high=1000.0)
    assert 0.3 / curvature < found.fastest < 8 / curvature
    assert found.slowest < found.suggested < 2 / curvature
    assert len(found.rates) == len(found.losses) < 100      # it ended where the loss exploded


def test_nothing_is_changed(regression, network):
    class Told(Callback):
        def on_batch_end(self, trainer, loss):
            raise AssertionError("callbacks take no part")

    chainrule.manual_seed(0)
    model = Sequential(Linear(2, 6), Dropout(0.3), ReLU(), Linear(6, 1))
    optimizer = Adam(model.parameters(), lr=0.01)
    trainer = Trainer(model, MSELoss(), optimizer, callbacks=[Told()])
    loader = DataLoader(regression(), 7, shuffle=True, rng=np.random.default_rng(0))
    weights, state, generator = model.state_dict(), repr(optimizer.state_dict()), get_rng_state()
    shuffle = loader.rng.bit_generator.state
    one = find_learning_rates(trainer, loader)
    assert all((model.state_dict()[name] == value).all() for name, value in weights.items())
    assert (repr(optimizer.state_dict()), get_rng_state()) == (state, generator)
    assert loader.rng.bit_generator.state == shuffle
    assert find_learning_rates(trainer, loader) == one


def test_rates_of_groups_keep_their_proportion(regression):
    model = Sequential(Linear(2, 1), Linear(1, 1))
    optimizer = SGD([{"params": model[0].parameters()}, {"params": model[1].parameters(), "lr": 0.0}], lr=0.1)
    with_still = find_learning_rates(Trainer(model, MSELoss(), optimizer), DataLoader(regression(), 23))
    alone = find_learning_rates(Trainer(model, MSELoss(), SGD(model[0].parameters(), lr=0.1)),
                                DataLoader(regression(), 23))
    assert with_still.losses == alone.losses


def test_where_the_loss_never_falls_nothing_is_suggested():
    trainer, loader = quadratic(1.0)
    found = find_learning_rates(trainer, loader, low=1e-12, high=1e-9)
    assert (found.slowest, found.fastest, found.suggested) == (None, None, None)


def test_arguments_that_do_not_fit(network, regression):
    trainer, loader = quadratic(1.0)
    with pytest.raises(ValueRangeError, match="expected low in"):
        find_learning_rates(trainer, loader, low=1.0, high=0.1)
    with pytest.raises(ValueRangeError, match="at least one batch in every pass"):
        find_learning_rates(trainer, [])
    model = network()
    with pytest.raises(StateError, match="an optimizer with a learning rate above 0"):
        find_learning_rates(Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.0)), loader)
