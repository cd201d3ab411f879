"""Stochastic units: what they draw, their local gradient against differences, what they refuse."""

import numpy as np
import pytest
import scipy

from chainrule.backprop import BernoulliCoagents, GaussianCoagents, SoftmaxCoagent
from chainrule.layers.core import ShapeError, StateError, ValueRangeError

x = np.random.default_rng(0).normal(size=(7, 4))
signal = np.random.default_rng(1).normal(size=7)

LOG_CHANCES = {
    BernoulliCoagents: lambda score, u: np.where(u > 0, np.log(scipy.special.expit(score)),
                                                 np.log(scipy.special.expit(-score))).sum(axis=1),
    SoftmaxCoagent: lambda score, u: (scipy.special.log_softmax(score, axis=1) * u).sum(axis=1),
    GaussianCoagents: lambda score, u: -(((u - score) / 0.7)**2).sum(axis=1) / 2,
}


def made(kind):
    units = kind(4, 3, rng=np.random.default_rng(2), **({"std": 0.7} if kind is GaussianCoagents else {}))
    units.bias.data = [0.3, -0.2, 0.1]
    return units.astype(np.float64)


@pytest.mark.parametrize("kind", LOG_CHANCES)
def test_the_local_gradient_is_that_of_the_log_probability(kind):
    units = made(kind)
    u = units.forward(x)
    units.reinforce(signal)
    for parameter in (units.weight, units.bias):
        flat, slopes = parameter.data.reshape(-1), []
        for index in range(flat.size):
            start, values = flat[index], []
            for step in (1e-5, -1e-5):
                flat[index] = start + step
                score = x @ units.weight.data.T + units.bias.data
                values.append(-(signal * LOG_CHANCES[kind](score, u)).sum())
            flat[index] = start
            slopes.append((values[0] - values[1]) / 2e-5)
        np.testing.assert_allclose(parameter.grad.ravel(), slopes, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("kind", LOG_CHANCES)
def test_draws_have_the_chances_of_their_scores(kind):
    units = made(kind)
    u = units.forward(np.tile(x[:1], (20_000, 1)))
    score = x[:1] @ units.weight.data.T + units.bias.data
    wanted = {BernoulliCoagents: scipy.special.expit, GaussianCoagents: np.array,
              SoftmaxCoagent: lambda score: scipy.special.softmax(score, axis=1)}[kind](score)
    np.testing.assert_allclose(u.mean(axis=0), wanted[0], atol=0.02)
    if kind is GaussianCoagents:
        np.testing.assert_allclose(u.std(axis=0), 0.7, atol=0.02)
    np.testing.assert_array_equal(units.action(u[:5]), u[:5].argmax(axis=1) if kind is SoftmaxCoagent else u[:5])


@pytest.mark.parametrize("kind", LOG_CHANCES)
def test_learning_adds_and_leaves_frozen_parameters_alone(kind):
    units = made(kind)
    units.forward(x)
    units.reinforce(signal)
    once = units.weight.grad.copy()
    units.bias.requires_grad = False
    units.zero_grad()
    units.reinforce(signal)
    units.reinforce(signal)
    np.testing.assert_allclose(units.weight.grad, 2 * once)
    assert not units.bias.grad.any()
    assert kind(4, 3).forward(x.astype(np.float32)).dtype == np.float32
    assert units.describe((7, 4)).y_shapes == (units.forward(x).shape,)
    assert units.describe((7, 4)).parameters == 15


def test_there_is_no_way_back_and_wrong_shapes_are_named():
    units = BernoulliCoagents(4, 3)
    with pytest.raises(StateError, match="expected forward before"):
        units.reinforce(signal)
    units.forward(x)
    with pytest.raises(NotImplementedError, match="BernoulliCoagents has no backward"):
        units.backward(np.ones((7, 3)))
    with pytest.raises(ShapeError, match=r"BernoulliCoagents\(4, 3\) expected signal of shape \(7,\), got \(5,\)"):
        units.reinforce(signal[:5])
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 4\), got \(7, 3\)"):
        units.forward(x[:, :3])
    with pytest.raises(ValueRangeError, match="GaussianCoagents expected std in"):
        GaussianCoagents(4, 3, std=0)


def test_the_last_place_is_drawn_too_when_chance_is_all_but_one(scripted):
    unit = SoftmaxCoagent(4, 3, rng=scripted())
    unit.weight.data = np.zeros((3, 4))
    unit.rng.script = [np.array([[0.0], [np.nextafter(1.0, 0.0)]])]
    assert unit.forward(np.ones((2, 4), np.float32)).argmax(axis=1).tolist() == [0, 2]
