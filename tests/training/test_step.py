"""train_step: one step, as PyTorch takes it."""

import inspect

import numpy as np
import pytest

from chainrule.layers import Linear, Tanh
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import train_step


def test_steps_are_those_of_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2)).double()
    model = Sequential(Linear(3, 5), Tanh(), Linear(5, 2)).astype(np.float64)
    model.load_state_dict(theirs.state_dict())
    optimizer, their_optimizer = SGD(model.parameters(), lr=0.1), torch.optim.SGD(theirs.parameters(), lr=0.1)
    for _ in range(5):
        value = train_step(model, MSELoss(), optimizer, x, y)
        their_optimizer.zero_grad()
        their_value = torch.nn.functional.mse_loss(theirs(torch.tensor(x)), torch.tensor(y))
        their_value.backward()
        their_optimizer.step()
        assert value == pytest.approx(their_value.item(), rel=1e-12)
    for name, value in theirs.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], value.numpy(), rtol=1e-12)


def test_it_stays_readable_in_five_lines():
    lines = [line for line in inspect.getsource(train_step).splitlines()[1:] if '"""' not in line]
    assert len(lines) == 5
