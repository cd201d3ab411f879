"""Freeze: layers that stay bit for bit, for good or for some epochs, their batch norms too."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import BatchNorm1d, Linear, ReLU
from chainrule.layers.core import StateError, UnknownNameError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.training import Callback, Freeze, Trainer


def fit(freeze, epochs=4, kind=Adam):
    """Train and return the model, and its state dict after every epoch."""
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 5, rng=rng), BatchNorm1d(5), ReLU(), Linear(5, 2, rng=rng))
    states = [model.state_dict()]

    class Recorder(Callback):
        def on_epoch_end(self, trainer, row):
            states.append(trainer.model.state_dict())

    trainer = Trainer(model, MSELoss(), kind(model.parameters(), lr=0.05), callbacks=[*freeze, Recorder()])
    data = ArrayDataset(rng.normal(size=(24, 3)).astype(np.float32), rng.normal(size=(24, 2)).astype(np.float32))
    trainer.fit(DataLoader(data, 8), epochs, validation=data)
    return model, states


def moved(states, first, last):
    return {name for name in states[0] if (states[first][name] != states[last][name]).any()}


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_frozen_layers_and_their_statistics_stay_bit_for_bit(kind):
    model, states = fit([Freeze(["0", "1"])], kind=kind)
    assert moved(states, 0, -1) == {"3.weight", "3.bias"}
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert all(layer.training for _, layer in model.named_layers())


def test_gradual_unfreezing():
    _, states = fit([Freeze(["0.weight", "1"], epochs=1), Freeze(["0.bias"], epochs=3)])
    assert moved(states, 0, 1) == {"3.weight", "3.bias"}
    assert moved(states, 1, 3) == set(states[0]) - {"0.bias"}
    assert "0.bias" in moved(states, 3, 4)


def test_a_fit_that_goes_on_after_the_thaw_freezes_nothing():
    model, _ = fit([], epochs=1)
    freeze = Freeze(["0"], epochs=2)
    trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), callbacks=[freeze])
    data = DataLoader(ArrayDataset(np.eye(3, dtype=np.float32), np.ones((3, 2), np.float32)), 3)
    before = model[0].weight.data.copy()
    trainer.fit(data, 2)
    assert (model[0].weight.data == before).all()
    trainer.fit(data, 1)
    assert (model[0].weight.data != before).any()


def test_an_error_leaves_nothing_frozen():
    class Fails(Callback):
        def on_batch_begin(self, trainer, x, y):
            raise RuntimeError

    model = Linear(2, 1)
    trainer = Trainer(model, MSELoss(), SGD(model.parameters()), callbacks=[Freeze(["bias"]), Fails()])
    with pytest.raises(RuntimeError):
        trainer.fit([(np.ones((1, 2), np.float32), np.ones((1, 1), np.float32))])
    assert model.bias.requires_grad


def test_names_that_fit_nothing_and_nothing_left_to_train():
    with pytest.raises(UnknownNameError, match="unknown layer in Freeze 'zero'; known: 0, 1, 3"):
        fit([Freeze(["zero"])])
    with pytest.raises(StateError, match=r"expected to leave something to train, got all parameters in '\*'"):
        fit([Freeze(["*"])])
