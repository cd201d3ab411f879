"""Predictors of gradients: they learn the true one, and a linear one keeps a linear model's critical points."""

import numpy as np
import pytest

from chainrule.backprop.synthetic import Critic, SyntheticGradient, predictor_network
from chainrule.layers import Linear, Tanh
from chainrule.layers.core import StateError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam


def test_zero_at_first_also_with_hidden_layers():
    h = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    for hidden in ((), (8,), (8, 5)):
        network = predictor_network(4 + 3, 4, hidden)
        predictor = SyntheticGradient(network, Adam(network.parameters()), classes=3)
        assert not predictor.gradient(h, np.array([0, 1, 2, 0, 1, 2])).any()
        assert len(network) == 3 * len(hidden) + 1


def test_it_learns_the_true_gradient_of_a_linear_regression():
    """The gradient of half the squared error by the output h is (h - y) / N: linear in h and y."""
    rng = np.random.default_rng(0)
    network = predictor_network(3 + 2, 3)
    predictor = SyntheticGradient(network, SGD(network.parameters(), lr=0.1), classes=2)
    means = rng.normal(size=(2, 3)).astype(np.float32)
    for _ in range(2000):
        h, y = rng.normal(size=(16, 3)).astype(np.float32), rng.integers(0, 2, 16)
        found, wanted = predictor.gradient(h, y), (h - means[y]) / 16
        predictor.learn(wanted, None)
    assert (found * wanted).sum() / np.linalg.norm(found) / np.linalg.norm(wanted) > 0.99


def test_pictures_keep_their_shape():
    network = predictor_network(2 * 3 * 3)
    h = np.ones((4, 2, 3, 3), np.float32)
    assert SyntheticGradient(network, Adam(network.parameters())).gradient(h, None).shape == h.shape


def test_a_critic_gives_the_derivative_of_its_own_value():
    network = Sequential(Linear(5 + 2, 8), Tanh(), Linear(8, 1)).astype(np.float64)
    critic, rng = Critic(network, SGD(network.parameters(), lr=0.01), classes=2), np.random.default_rng(0)
    h, y = rng.normal(size=(6, 5)), rng.integers(0, 2, 6)
    grad = critic.gradient(h, y)
    direction, epsilon = rng.normal(size=h.shape), 1e-6
    values = []
    for sign in (1, -1):
        critic.gradient(h + sign * epsilon * direction, y)
        values.append(critic.value.mean())
    assert (grad * direction).sum() == pytest.approx((values[0] - values[1]) / (2 * epsilon), rel=1e-7)


def test_a_critic_learns_losses_and_with_them_gradients():
    rng = np.random.default_rng(0)
    network = Sequential(Linear(2, 32, rng=rng), Tanh(), Linear(32, 1, rng=rng))
    critic = Critic(network, Adam(network.parameters(), lr=0.01))
    for _ in range(1500):
        h = rng.normal(size=(64, 2)).astype(np.float32)
        found = critic.gradient(h, None)
        critic.learn(np.zeros_like(h), (h ** 2).sum(axis=1))
    wanted = 2 * h / 64
    assert (found * wanted).sum() / np.linalg.norm(found) / np.linalg.norm(wanted) > 0.97


def test_what_comes_too_early_or_is_missing_is_named():
    network = predictor_network(4, 4)
    with pytest.raises(StateError, match="SyntheticGradient expected gradient before learn"):
        SyntheticGradient(network, Adam(network.parameters())).learn(np.ones((2, 4)), None)
    with pytest.raises(StateError, match="the predictor above a critic must be a Critic too"):
        Critic(network, Adam(network.parameters())).learn(np.ones((2, 4)), None)


@pytest.mark.parametrize("y", [np.array([3, 10]), np.array([-1, 2]), np.array([[3], [1]]), np.ones(2), None])
def test_labels_that_are_none_are_named(y):
    predictor = SyntheticGradient(predictor_network(13, 3), None, classes=10)
    with pytest.raises(ValueRangeError, match="expected y as a class from 0 to 9 for each of 2 examples"):
        predictor.gradient(np.ones((2, 3), np.float32), y)


def test_a_linear_predictor_keeps_the_critical_points_of_a_linear_model():
    """At the least-squares solution the residual is orthogonal to the inputs, so the best linear predictor is zero."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 5)), rng.normal(size=(200, 3))
    ones = np.ones((200, 1))
    solution, *_ = np.linalg.lstsq(np.hstack([x, ones]), y, rcond=None)
    model = Linear(5, 3).astype(np.float64)
    model.weight.data, model.bias.data = solution[:-1].T, solution[-1]
    h, loss = model.forward(x), MSELoss()
    loss.forward(h, y)
    best, *_ = np.linalg.lstsq(np.hstack([h, ones]), 200 * loss.backward(), rcond=None)
    assert abs(best).max() < 1e-12
    model.backward((np.hstack([h, ones]) @ best) / 200)
    assert max(abs(parameter.grad).max() for parameter in model.parameters()) < 1e-12
    elsewhere = h + x @ rng.normal(size=(5, 3))             # and where there is a gradient, it sees one
    loss.forward(elsewhere, y)
    best, *_ = np.linalg.lstsq(np.hstack([elsewhere, ones]), 200 * loss.backward(), rcond=None)
    model.zero_grad()
    model.backward((np.hstack([elsewhere, ones]) @ best) / 200)
    assert abs(model.weight.grad).max() > 0.1
