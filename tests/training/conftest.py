"""Small problems to train on."""

import numpy as np
import pytest

import chainrule
from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers import Linear, Tanh
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer


def _regression(n_samples=23, seed=0):
    """Return a data set whose target is a smooth function of two features."""
    x = np.random.default_rng(seed).normal(size=(n_samples, 2)).astype(np.float32)
    return ArrayDataset(x, np.sin(x[:, :1] * x[:, 1:] + x[:, :1]))


@pytest.fixture(scope="session")
def regression():
    return _regression


@pytest.fixture
def network():
    """Return a function that gives the same small network each time."""
    def make(seed=0):
        chainrule.manual_seed(seed)
        return Sequential(Linear(2, 5), Tanh(), Linear(5, 1))

    return make


@pytest.fixture
def fitted(network):
    """Return a function that trains the small network with some callbacks and returns the trainer."""
    def fit(*callbacks, epochs=4, lr=0.1, model=None, train=None, **options):
        model = model or network()
        trainer = Trainer(model, MSELoss(), SGD(model.parameters(), lr=lr), callbacks=callbacks)
        loader = DataLoader(train or _regression(), batch_size=7, shuffle=True, rng=np.random.default_rng(1))
        trainer.fit(loader, epochs, **options)
        return trainer

    return fit
