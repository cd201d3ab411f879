"""A small network of two classes in float64, its data, and an objective on them."""

import numpy as np
import pytest

from chainrule.layers import Linear, Tanh
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.training import Objective


@pytest.fixture
def objective():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(23, 3))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    model = Sequential(Linear(3, 5, rng=rng), Tanh(), Linear(5, 2, rng=rng)).astype(np.float64)
    return Objective(model, CrossEntropyLoss(), x, y)


@pytest.fixture
def regression():
    """Least squares: what every method must end with is known."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(31, 4)) * [1, 3, 0.3, 1]
    return x, x @ rng.normal(size=(4, 2)) + rng.normal(size=(31, 2)) + 2
