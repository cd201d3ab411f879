"""The penalty on a critic's slope: its value by hand, its gradient against differences, what it does to a critic."""

import numpy as np
import pytest

from chainrule.backprop import SlopePenalty, full_jacobian, input_gradient
from chainrule.layers import Conv2d, Flatten, LeakyReLU, Linear, ReLU, Softplus, Tanh
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import WassersteinLoss
from chainrule.models import Sequential
from chainrule.optim import Adam

rng = np.random.default_rng(0)
CRITICS = {
    "tanh": (lambda: Sequential(Linear(3, 6), Tanh(), Linear(6, 1)), (5, 3)),
    "relu": (lambda: Sequential(Linear(3, 6), ReLU(), Linear(6, 6), ReLU(), Linear(6, 1)), (5, 3)),
    "pictures": (lambda: Sequential(Conv2d(2, 3, 3), LeakyReLU(0.2), Conv2d(3, 2, 2), Softplus(), Flatten(),
                                    Linear(8, 1)), (4, 2, 5, 5)),
}


def made(name):
    make, shape = CRITICS[name]
    critic = make().astype(np.float64)
    for parameter in critic.parameters():
        parameter.data = np.random.default_rng(parameter.size).normal(size=parameter.shape) * 0.7
    return critic, np.random.default_rng(1).normal(size=shape)


@pytest.mark.parametrize("name", CRITICS)
def test_value_and_gradient(name):
    critic, x = made(name)
    penalty = SlopePenalty(critic, 3.0, target=0.8)

    def value():
        return penalty.forward(critic.forward(x))
    norms = np.array([np.linalg.norm(full_jacobian(critic, row[None])) for row in x])
    np.testing.assert_allclose(value(), 3 * ((norms - 0.8)**2).mean())
    prediction = critic.forward(x)
    critic.zero_grad()
    assert penalty.add_gradient(prediction) == pytest.approx(value())
    penalty.backward(2.0, critic.forward(x))
    for parameter in critic.parameters():
        flat, slopes = parameter.data.reshape(-1), []
        for index in range(flat.size):
            start, found = flat[index], []
            for step in (1e-5, -1e-5):
                flat[index] = start + step
                found.append(value())
            flat[index] = start
            slopes.append((found[0] - found[1]) / 2e-5)
        np.testing.assert_allclose(parameter.grad.ravel(), 3 * np.array(slopes), rtol=1e-6, atol=1e-6)


def test_a_flat_critic_is_left_in_peace():
    critic = Sequential(Linear(3, 4), ReLU(), Linear(4, 1))
    critic[2].weight.data = np.zeros((1, 4))
    penalty = SlopePenalty(critic)
    prediction = critic.forward(np.ones((5, 3), np.float32))
    assert penalty.add_gradient(prediction) == 10
    assert all(np.isfinite(parameter.grad).all() for parameter in critic.parameters())


def test_a_critic_measures_how_far_samples_are_from_data():
    """Between two points ``-distance * slope + weight * (slope - 1)**2`` is least at 1 + distance / (2 * weight)."""
    critic = Sequential(Linear(2, 32), Tanh(), Linear(32, 1))
    penalty, loss, optimizer = SlopePenalty(critic), WassersteinLoss(), Adam(critic.parameters(), lr=5e-3)
    real, samples = np.tile(np.float32([[1.2, 0.5]]), (16, 1)), np.tile(np.float32([[-0.6, -1.9]]), (16, 1))
    for _ in range(400):
        optimizer.zero_grad()
        for x, wanted in ((real, 1), (samples, 0)):
            loss.forward(critic.forward(x), np.full((16, 1), wanted, np.float32))
            critic.backward(loss.backward())
        penalty.add_gradient(critic.forward(samples + rng.random((16, 1), np.float32) * (real - samples)))
        optimizer.step()
    difference = float((critic.forward(real) - critic.forward(samples)).mean())
    distance, slope = 3.0, 1 + 3.0 / 20
    assert difference == pytest.approx(distance * slope, rel=0.02)
    critic.forward((real + samples) / 2)
    assert np.linalg.norm(input_gradient(critic, np.ones((16, 1), np.float32))[0]) == pytest.approx(slope, abs=0.1)


def test_what_does_not_fit_is_refused():
    critic = Linear(3, 2)
    with pytest.raises(ShapeError, match=r"SlopePenalty expected the network's last output as prediction, one score a"):
        SlopePenalty(critic).forward(critic.forward(np.ones((5, 3), np.float32)))
    with pytest.raises(ShapeError, match="SlopePenalty expected"):
        SlopePenalty(critic).add_gradient(None)
    with pytest.raises(ValueRangeError, match="SlopePenalty expected target in"):
        SlopePenalty(critic, target=-1)
