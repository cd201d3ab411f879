"""Adaptive truncation on a linear network, where rate and bias are known, and on the copy task."""

import numpy as np
import pytest

import chainrule
from chainrule.backprop.time import AdaptiveBPTT, TruncatedBPTT, estimate_decay, lag_norms, stream_loss
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD

STEPS, LAGS = 400, 120


def problem(linear_rnn, rate, seed):
    rng = np.random.default_rng(seed)
    return linear_rnn(rate, seed=seed), rng.normal(size=(32, STEPS, 3)), rng.normal(size=(32, STEPS, 2))


def gradient(model, x, y, reach):
    """Return the gradient of the last step's loss, (all parameters before v), going back ``reach`` steps at most."""
    loss, state = MSELoss(), ()
    if reach < STEPS:
        state = model.forward(x[:, :-reach])[1:]
    model.zero_grad()
    scores, _ = model.forward(x[:, -reach:], *state)
    loss.forward(scores[..., -1], y[:, -1])
    grad = np.zeros_like(scores)
    grad[..., -1] = loss.backward()
    model.backward((grad, None))
    return np.concatenate([parameter.grad.ravel() for parameter in (model.w, model.u, model.b)])


class LastStep(MSELoss):
    """The squared error of scores of one step, (N, classes, 1)."""

    def terms(self, prediction, target):
        return super().terms(prediction, np.moveaxis(target, 1, -1))


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.95])
def test_rate_and_bias_of_a_linear_network(linear_rnn, rate):
    for seed in range(5):
        model, x, y = problem(linear_rnn, rate, seed)
        decay = estimate_decay(*lag_norms(model, LastStep(), x, y, LAGS), tail=96)
        assert abs(decay.rate - rate) <= 0.02
        whole = gradient(model, x, y, STEPS)
        for tolerance in (0.9, 0.5, 0.1):
            reach = 1 + decay.truncation(tolerance)
            bias = np.linalg.norm(gradient(model, x, y, reach) - whole) / np.linalg.norm(whole)
            assert bias <= tolerance
            assert rate > 0.8 or reach < LAGS               # so the estimate says something


def test_the_bound_holds_for_the_true_error(linear_rnn):
    held = []
    for seed in range(20):
        model, x, y = problem(linear_rnn, 0.8, seed)
        decay = estimate_decay(*lag_norms(model, LastStep(), x, y, LAGS), tail=96)
        gradient(model, x, y, STEPS)
        whole = model.b.grad.copy()
        for lags in (2, 10, 30):
            gradient(model, x, y, 1 + lags)
            held.append(np.linalg.norm(model.b.grad - whole) <= decay.error[lags])
    assert np.mean(held) >= 0.95


def test_lags_are_those_of_the_states(linear_rnn):
    model, x, y = problem(linear_rnn, 0.8, 0)
    found = lag_norms(model, LastStep(), x, y, 3)
    scores, _ = model.forward(x)
    grad = (2 * (scores[..., -1] - y[:, -1]) / y[:, -1].size) @ model.v.data
    by_lag = [grad @ np.linalg.matrix_power(model.w.data, power) for power in (1, 2, 3)]
    np.testing.assert_allclose(found.norms, [np.linalg.norm(each, axis=1).sum() for each in by_lag])
    np.testing.assert_allclose(found.cumulated[2], np.linalg.norm((by_lag[0] + by_lag[1]).sum(axis=0)))
    assert all(not parameter.grad.any() and parameter.requires_grad for parameter in model.parameters())


def copies(streams, steps, length, rng):
    said = rng.integers(1, 5, (streams, -(-steps // (2 * length)), length))
    x, y = np.concatenate([said, 0 * said], 2), np.concatenate([0 * said, said], 2)
    return x.reshape(streams, -1)[:, :steps], y.reshape(streams, -1)[:, :steps]


@pytest.mark.long
def test_it_reaches_as_far_as_the_task_needs():
    chainrule.manual_seed(0)
    train, test = copies(64, 800, 3, np.random.default_rng(0)), copies(64, 400, 3, np.random.default_rng(1))
    found, reach = {}, []
    for k in (2, None):
        model = char_rnn(5, embedding=16, hidden=32)
        optimizer = SGD(model.parameters(), lr=1.0)
        if k is None:
            bptt = AdaptiveBPTT(model, CrossEntropyLoss(), optimizer, 0.5, lags=40, most=40, clip=1.0,
                                rng=np.random.default_rng(0))
        else:
            optimizer.param_groups[0]["lr"] = k ** 0.5
            bptt = TruncatedBPTT(model, CrossEntropyLoss(), optimizer, k, 2 * k - 1, max_norm=1 / k)
        for _ in range(25):
            bptt.epoch(*train)
        found[k] = np.exp(stream_loss(model, CrossEntropyLoss(), *test))
        reach = getattr(bptt, "history", reach)
    assert found[None] < 1.05 < 1.5 < found[2]
    assert 4 <= np.median(reach) <= 30


def test_rates_and_lengths_follow_the_reach():
    model = char_rnn(5, hidden=4)
    optimizer = SGD(model.parameters(), lr=0.5)
    bptt = AdaptiveBPTT(model, CrossEntropyLoss(), optimizer, clip=2.0)
    bptt.reach(16)
    assert (bptt.k1, bptt.k2, bptt.max_norm) == (16, 31, 0.125)
    assert optimizer.param_groups[0]["lr"] == 2.0


def test_short_streams_are_refused():
    model, x = char_rnn(5, hidden=4), np.zeros((2, 50), int)
    with pytest.raises(ValueRangeError, match="at least burn_in \\+ lags = 120 steps, got 50; make lags smaller"):
        AdaptiveBPTT(model, CrossEntropyLoss(), SGD(model.parameters())).epoch(x, x)
    with pytest.raises(ValueRangeError, match="lags from 1 to 49"):
        lag_norms(model, CrossEntropyLoss(), x, x, 50)
