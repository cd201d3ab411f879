"""Parts that do not wait: with an oracle it is backpropagation, and each part is updated before the next one runs."""

from copy import deepcopy

import numpy as np
import pytest

import chainrule
from chainrule.backprop.synthetic import Critic, DecoupledTrainer, SyntheticGradient, predictor_network
from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, ReLU, Tanh
from chainrule.layers.core import Layer, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.training import Trainer, train_step


class Oracle:
    """Knows the true gradient: it runs the layers above on a copy with the weights of the step's beginning."""

    value = None

    def __init__(self, above, loss):
        self.above, self.loss, self.learnt = above, loss, []

    def gradient(self, h, y):
        above = deepcopy(self.above)
        self.loss.forward(above.forward(h), y)
        return above.backward(self.loss.backward())

    def learn(self, grad, value):
        self.learnt.append(grad)


def network(dtype=np.float64):
    chainrule.manual_seed(3)
    return Sequential(Linear(6, 5), Tanh(), Linear(5, 4), Tanh(), Linear(4, 3)).astype(dtype)


def batches(count):
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(7, 6)), rng.integers(0, 3, 7)) for _ in range(count)]


@pytest.mark.parametrize("cuts", [[2], [2, 4], [1, 2, 3, 4], []])
def test_with_an_oracle_it_is_backpropagation(cuts):
    ours, plain = network(), network()
    theirs = Adam(plain.parameters(), lr=0.05)
    predictors = [Oracle(ours[cut:], CrossEntropyLoss()) for cut in cuts]
    trainer = DecoupledTrainer(ours, CrossEntropyLoss(), Adam(ours.parameters(), lr=0.05), cuts, predictors)
    for x, y in batches(5):
        expected = train_step(plain, CrossEntropyLoss(), theirs, x, y)
        assert trainer.step(x, y).loss == pytest.approx(expected, rel=1e-12)
        for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
            np.testing.assert_allclose(one.data, other.data, rtol=1e-12, atol=1e-14)


def test_mixing_all_of_it_is_backpropagation():
    ours, plain = network(), network()
    theirs, predictors = SGD(plain.parameters(), lr=0.1), []
    for features in (5, 4):
        inner = predictor_network(features).astype(np.float64)
        predictors.append(SyntheticGradient(inner, SGD(inner.parameters(), lr=0.1)))
    trainer = DecoupledTrainer(ours, CrossEntropyLoss(), SGD(ours.parameters(), lr=0.1), [2, 4], predictors, mixing=1.0)
    for x, y in batches(5):
        train_step(plain, CrossEntropyLoss(), theirs, x, y)
        trainer.step(x, y)
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        np.testing.assert_allclose(one.data, other.data, rtol=1e-12, atol=1e-14)
    assert predictors[0].gradient(np.ones((1, 5)), None).any()       # and it has learnt on the way


def test_predictors_learn_what_the_next_part_hands_back():
    """Half mixed: the gradient of a part is half its own predictor's, here zero, half the handed back one."""
    model = network()
    oracles = [Oracle(model[cut:], CrossEntropyLoss()) for cut in (2, 4)]
    x, y = batches(1)[0]
    h = model[:2].forward(x)
    true = oracles[0].gradient(h, y)
    DecoupledTrainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.0), [2, 4], oracles).step(x, y)
    np.testing.assert_allclose(oracles[0].learnt[0], true, rtol=1e-12)

    class Nothing(Oracle):
        def gradient(self, h, y):
            return np.zeros_like(h)

    nothing = [Nothing(model, CrossEntropyLoss()) for _ in range(2)]
    DecoupledTrainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.0), [2, 4], nothing, mixing=0.5).step(x, y)
    np.testing.assert_allclose(nothing[0].learnt[0], 0.5 * true, rtol=1e-12)


def test_the_first_part_is_updated_before_the_second_has_run():
    seen = []

    class Watch(Layer):
        def forward(self, x):
            seen.append(model[0].weight.data.copy())
            self.cache = ()
            return x

        def backward(self, grad_out):
            return grad_out

    model = Sequential(Linear(6, 5), Tanh(), Watch(), Linear(5, 3)).astype(np.float64)
    before = model[0].weight.data.copy()
    trainer = DecoupledTrainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1), [2],
                               [Oracle(model[3:], CrossEntropyLoss())])
    trainer.step(*batches(1)[0])
    assert len(seen) == 1
    assert not np.array_equal(seen[0], before)
    assert np.array_equal(seen[0], model[0].weight.data)             # and not touched again in this step


@pytest.mark.parametrize(("mixing", "reached"), [(0.0, 0.55), (0.5, 0.85)])
def test_critics_train_too(mixing, reached):
    chainrule.manual_seed(0)
    train, test = digits(flat=True).split(rng=np.random.default_rng(0))
    model = Sequential(Linear(64, 32), Tanh(), Linear(32, 32), Tanh(), Linear(32, 10))
    critics = []
    for _ in range(2):
        inner = predictor_network(32 + 10, 1, [64])
        critics.append(Critic(inner, Adam(inner.parameters(), lr=3e-3), classes=10))
    trainer = DecoupledTrainer(model, CrossEntropyLoss(), Adam(model.parameters()), [2, 4], critics,
                               mixing=mixing, metrics=["accuracy"])
    history = trainer.fit(DataLoader(train, 50, shuffle=True, rng=np.random.default_rng(0)), 12, test)
    assert history[-1]["val_accuracy"] > reached


@pytest.mark.long
def test_four_layers_come_near_backpropagation_and_leave_frozen_ones_behind():
    found = {}
    for method in ("backprop", "decoupled", "frozen"):
        chainrule.manual_seed(0)
        train, test = digits(flat=True).split(rng=np.random.default_rng(0))
        model = Sequential(*(layer for index in range(3) for layer in (Linear(256 if index else 64, 256), ReLU())),
                           Linear(256, 10))
        if method == "frozen":
            model[:-1].requires_grad_(False)
        loss, optimizer, predictors = CrossEntropyLoss(), Adam(model.parameters()), []
        for _ in range(3):
            inner = predictor_network(256 + 10, 256)
            predictors.append(SyntheticGradient(inner, Adam(inner.parameters()), 10))
        trainer = DecoupledTrainer(model, loss, optimizer, [2, 4, 6], predictors) if method == "decoupled" else \
            Trainer(model, loss, optimizer)
        trainer.fit(DataLoader(train, 50, shuffle=True, rng=np.random.default_rng(0)), 60)
        found[method] = float(np.mean(model.eval().forward(test.x).argmax(axis=1) == test.y))
    assert found["decoupled"] >= found["backprop"] - 0.015
    assert found["decoupled"] >= found["frozen"] + 0.02


def test_cuts_that_cut_nothing_are_refused():
    model = network()
    for cuts in ([0], [5], [3, 2]):
        with pytest.raises(ValueRangeError, match="cuts that grow, between 1 and 4"):
            DecoupledTrainer(model, CrossEntropyLoss(), SGD(model.parameters()), cuts, [None] * len(cuts))
    with pytest.raises(ValueRangeError, match="a predictor for each of 2 cuts, got 1"):
        DecoupledTrainer(model, CrossEntropyLoss(), SGD(model.parameters()), [1, 2], [None])
