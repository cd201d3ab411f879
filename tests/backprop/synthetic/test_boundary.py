"""Synthetic gradients at the end of windows: with a perfect one truncation cuts nothing off."""

from copy import deepcopy

import numpy as np
import pytest

import chainrule
from chainrule.backprop.synthetic import SyntheticBoundary, SyntheticGradient, predictor_network
from chainrule.backprop.time import TruncatedBPTT
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD, Adam, Optimizer


class Still(Optimizer):
    """Moves nothing and adds up the gradients of all steps."""

    def __init__(self, params):
        super().__init__(params, lr=0.0)
        self.total = 0.0

    def step(self, closure=None):
        self.total = self.total + np.concatenate([parameter.grad.ravel() for group in self.param_groups
                                                  for parameter in group["params"]])


class Perfect:
    """Knows the gradient that the steps to come have for a state, since it runs them."""

    def __init__(self, model, x, y, k):
        self.model, self.x, self.y, self.k = deepcopy(model), x, y, k
        self.at, self.learnt = 0, []

    def gradient(self, state):
        self.at += self.k
        loss, steps = CrossEntropyLoss(reduction="sum"), self.x[:, self.at:]
        scores, *_ = self.model.forward(steps, *state)
        loss.forward(scores, self.y[:, self.at:])
        _, *grads = self.model.backward((loss.backward(), None, None))
        self.expected = grads
        return tuple(grads)

    def learn(self, state, grads):
        self.learnt.append(grads)


def test_a_perfect_one_gives_the_whole_gradient():
    chainrule.manual_seed(0)
    model = char_rnn(5, embedding=3, hidden=4).astype(np.float64)
    drawn = np.random.default_rng(1).integers(0, 5, (3, 13))
    x, y = drawn[:, :-1], drawn[:, 1:]
    loss = CrossEntropyLoss(reduction="sum")
    whole, parts = Still(model.parameters()), Still(model.parameters())
    TruncatedBPTT(model, loss, whole, 12).epoch(x, y)
    TruncatedBPTT(model, loss, parts, 4, boundary=Perfect(model, x, y, 4)).epoch(x, y)
    np.testing.assert_allclose(parts.total, whole.total, rtol=1e-10, atol=1e-12)
    plain = Still(model.parameters())
    TruncatedBPTT(model, loss, plain, 4).epoch(x, y)
    assert np.linalg.norm(plain.total - whole.total) > 0.01 * np.linalg.norm(whole.total)


def test_it_learns_the_gradient_of_every_array_of_the_state():
    network = predictor_network(2 * 4 + 3)
    boundary = SyntheticBoundary(SyntheticGradient(network, SGD(network.parameters(), lr=0.1)))
    rng = np.random.default_rng(0)
    wanted = (rng.normal(size=(2, 1, 4)), rng.normal(size=(1, 1, 3)))
    for _ in range(600):
        state = tuple(rng.normal(size=(len(each), 5, each.shape[2])).astype(np.float32) for each in wanted)
        boundary.learn(state, tuple(np.broadcast_to(each, (len(each), 5, each.shape[2])) for each in wanted))
    found = boundary.gradient(state)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, np.broadcast_to(other, one.shape), atol=0.05)
    boundary.learn(state, (None, None))


@pytest.mark.long
def test_windows_of_four_steps_learn_to_copy_six():
    """A lag of six steps lies in no window of four; half of the steps ask for one of four symbols."""
    found = {}
    for length, synthetic in ((4, False), (6, False), (6, True)):
        chainrule.manual_seed(0)
        rng, boundary = np.random.default_rng(0), None
        model = char_rnn(6, embedding=16, hidden=64)
        if synthetic:
            network = predictor_network(2 * 64, hidden=[128])
            boundary = SyntheticBoundary(SyntheticGradient(network, Adam(network.parameters(), lr=3e-4)))
        bptt = TruncatedBPTT(model, CrossEntropyLoss(), Adam(model.parameters(), lr=3e-3), 4, boundary=boundary,
                             max_norm=1.0)
        for _ in range(15):
            said = rng.integers(2, 6, (64, -(-400 // length), length))
            said[..., 0] = 1
            x, y = np.concatenate([said, 0 * said], 2), np.concatenate([0 * said, said], 2)
            loss = bptt.epoch(x.reshape(64, -1), y.reshape(64, -1))
        found[length, synthetic] = np.exp(loss)
    assert found[6, True] < 1.1 < 1.6 < found[6, False]
    assert found[4, False] > found[6, True]             # so it goes at least one and a half times as far


@pytest.mark.parametrize("cell", ["LSTM", "RNN"])
def test_it_trains_any_recurrent_network(cell):
    chainrule.manual_seed(0)
    model = char_rnn(5, embedding=3, hidden=4, layers=2, cell=cell)
    network = predictor_network(2 * 4 * (1 + (cell == "LSTM")))
    boundary = SyntheticBoundary(SyntheticGradient(network, Adam(network.parameters())))
    bptt = TruncatedBPTT(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), 4, boundary=boundary)
    x = np.tile(np.arange(5), (3, 8))
    losses = [bptt.epoch(x[:, :-1], x[:, 1:]) for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]
