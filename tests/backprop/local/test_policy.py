"""Policies: the expected local update is the policy gradient, with and without a clock, and nothing goes back."""

from copy import deepcopy
from itertools import product

import numpy as np
import pytest

from chainrule.backprop import BackpropPolicy, BernoulliCoagents, CoagentPolicy, SoftmaxCoagent
from chainrule.layers import Dropout, Linear, ReLU, Tanh
from chainrule.layers.core import NonFiniteError, ShapeError, StateError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD

HIDDEN, ACTIONS = 3, 3
rng = np.random.default_rng(0)
CONTEXTS = rng.normal(size=(2, 2))                  # what is seen in each of two places
FIRST, SECOND = rng.normal(size=(2, 2, ACTIONS))    # rewards of the two steps, by place and action
BITS = np.array(list(product((0, 1), repeat=HIDDEN)))


def sigmoid(score):
    return 1 / (1 + np.exp(-score))


def softmax(score):
    e = np.exp(score)
    return e / e.sum(axis=-1, keepdims=True)


def expected_return(parameters, firing):
    """Walk through all that may happen in two steps: where the action leads decides what is seen next."""
    weight, bias, top, top_bias = parameters
    on = sigmoid(CONTEXTS @ weight.T + bias)
    total = 0.0
    for place, h, action in product(range(2), BITS, range(ACTIONS)):
        chance = np.where(h, on[place], 1 - on[place]).prod() * softmax(top @ h + top_bias)[action] / 2
        there = (place + action) % 2
        total += chance * FIRST[place, action]
        for later in BITS:
            fresh = np.where(later, on[there], 1 - on[there])
            moved = chance * (firing * fresh + (1 - firing) * (later == h)).prod()
            choice = firing * softmax(top @ later + top_bias) + (1 - firing) * np.eye(ACTIONS)[action]
            total += moved * choice @ SECOND[there]
    return total


def slopes(parameters, firing):
    found = []
    for parameter in parameters:
        flat = parameter.reshape(-1)
        for index in range(flat.size):
            start, values = flat[index], []
            for step in (1e-5, -1e-5):
                flat[index] = start + step
                values.append(expected_return(parameters, firing))
            flat[index] = start
            found.append((values[0] - values[1]) / 2e-5)
    return np.array(found)


def forced(chance, drawn):
    """Return a uniform number below ``chance`` where it is to be drawn, above where not; and how likely that is."""
    return np.where(drawn, chance / 2, (1 + chance) / 2), np.where(drawn, chance, 1 - chance)


def chosen(chances, action):
    """Return a uniform number that chooses ``action``, and how likely that is."""
    rows = np.arange(len(action))
    return (chances.cumsum(axis=1)[rows, action] - chances[rows, action] / 2)[:, None], chances[rows, action]


@pytest.mark.parametrize("firing", [1.0, 0.5])
def test_the_expected_update_is_the_policy_gradient(firing, scripted):
    rng = np.random.default_rng(0)
    fires = BITS if firing < 1 else BITS[-1:]
    paths = list(product(range(2), range(8), range(ACTIONS), range(8), range(ACTIONS), range(len(fires)),
                         (0, 1) if firing < 1 else (1,)))
    place, first, action, second, again, mask, top_fires = np.array(paths).T
    units = scripted()
    model = Sequential(BernoulliCoagents(2, HIDDEN), SoftmaxCoagent(HIDDEN, ACTIONS)).astype(np.float64)
    model[0].rng = model[1].rng = units
    for parameter in model.parameters():
        parameter.data = rng.normal(size=parameter.shape)
    parameters = [parameter.data.copy() for parameter in model.parameters()]
    weight, bias, top, top_bias = parameters
    policy = CoagentPolicy(model, SGD(model.parameters(), lr=1.0), firing, rng=units)
    weights = np.full(len(paths), 0.5)

    uniform, likely = forced(sigmoid(CONTEXTS[place] @ weight.T + bias), BITS[first])
    choice, of_choice = chosen(softmax(BITS[first] @ top.T + top_bias), action)
    weights *= likely.prod(axis=1) * of_choice
    units.script += [uniform, choice]
    np.testing.assert_array_equal(policy.act(CONTEXTS[place]), action)

    there, fired = (place + action) % 2, fires[mask]
    uniform, likely = forced(sigmoid(CONTEXTS[there] @ weight.T + bias), BITS[second])
    held = np.where(fired, BITS[second], BITS[first])
    choice, of_choice = chosen(softmax(held @ top.T + top_bias), again)
    weights *= likely.prod(axis=1) * of_choice
    clock = [] if firing == 1 else [forced(np.full(fired.shape, firing), fired)]
    top_clock = [] if firing == 1 else [forced(np.full((len(paths), 1), firing), top_fires[:, None])]
    for _, chance in (*clock, *top_clock):
        weights *= chance.prod(axis=1)
    units.script += [uniform, *(told for told, _ in clock), choice, *(told for told, _ in top_clock)]
    taken = policy.act(CONTEXTS[there])
    np.testing.assert_array_equal(taken, np.where(top_fires, again, action))
    np.testing.assert_array_equal(policy.held[0], held)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    later = SECOND[there, taken]
    policy.learn(len(paths) * weights * np.stack([FIRST[place, action] + later, later]))
    moved = np.concatenate([(now.data - before).ravel()
                            for now, before in zip(model.parameters(), parameters, strict=True)])
    np.testing.assert_allclose(moved, slopes(parameters, firing), rtol=0, atol=1e-8)


def test_coagents_learn_without_a_way_back(no_way_back):
    model = Sequential(BernoulliCoagents(4, 6), SoftmaxCoagent(6, 2))
    policy = CoagentPolicy(model, SGD(model.parameters(), lr=0.1), firing=0.5)
    before = model[0].weight.data.copy()
    for _ in range(3):
        policy.act(np.eye(4, dtype=np.float32))
    policy.learn(np.ones((3, 4)))
    assert (model[0].weight.data != before).any()
    other = Sequential(Linear(4, 2))
    with_backprop = BackpropPolicy(other, SGD(other.parameters(), lr=0.1))
    with_backprop.act(np.eye(4, dtype=np.float32))
    with pytest.raises(AssertionError, match="backward was called"):
        with_backprop.learn(np.ones((1, 4)))


def test_backpropagation_gives_the_gradient_of_the_log_probability():
    rng = np.random.default_rng(0)
    model = Sequential(Linear(4, 5), Tanh(), Linear(5, 3)).astype(np.float64)
    before = [parameter.data.copy() for parameter in model.parameters()]
    policy = BackpropPolicy(model, SGD(model.parameters(), lr=1.0), rng=np.random.default_rng(0))
    x, signal = rng.normal(size=(2, 6, 4)), rng.normal(size=(2, 6))
    actions = np.stack([policy.act(each) for each in x])
    chances = np.log(softmax(model.forward(x.reshape(12, 4))))
    value = (signal.ravel() * chances[np.arange(12), actions.ravel()]).sum() / 6
    direction = [rng.normal(size=parameter.shape) for parameter in before]
    for parameter, start, step in zip(model.parameters(), before, direction, strict=True):
        parameter.data = start + 1e-6 * step
    chances = np.log(softmax(model.forward(x.reshape(12, 4))))
    slope = ((signal.ravel() * chances[np.arange(12), actions.ravel()]).sum() / 6 - value) / 1e-6
    for parameter, start in zip(model.parameters(), before, strict=True):
        parameter.data = start
    policy.learn(signal)
    along = sum(float(((parameter.data - start) * step).sum())
                for parameter, start, step in zip(model.parameters(), before, direction, strict=True))
    assert along == pytest.approx(slope, rel=1e-4)


def test_what_does_not_fit_is_refused():
    model = Sequential(BernoulliCoagents(4, 6), ReLU(), SoftmaxCoagent(6, 2))
    rule = SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueRangeError, match=r"CoagentPolicy expected a Sequential of Coagents alone, got .*ReLU\(\)"):
        CoagentPolicy(model, rule)
    with pytest.raises(ValueRangeError, match="got an empty one"):
        CoagentPolicy(Sequential(), rule)
    model = Sequential(SoftmaxCoagent(4, 2))
    with pytest.raises(ValueRangeError, match=r"CoagentPolicy expected firing in \(0, 1\], got 0"):
        CoagentPolicy(model, rule, firing=0)
    for policy in (CoagentPolicy(model, rule), BackpropPolicy(Sequential(Linear(4, 2)), rule)):
        with pytest.raises(StateError, match="expected act before learn"):
            policy.learn(np.ones((1, 5)))
        policy.act(np.ones((5, 4), np.float32))
        with pytest.raises(ShapeError, match=r"expected signal of shape \(1, 5\), a number for every step, got \(5,\)"):
            policy.learn(np.ones(5))
        with pytest.raises(NonFiniteError, match="expected signals that are finite, got others; lower the lr"):
            policy.learn(np.full((1, 5), np.nan))


def test_a_policy_by_backprop_follows_the_scores_it_learns_with():
    model = Sequential(Linear(4, 8), Dropout(0.5, rng=np.random.default_rng(3)), Linear(8, 3))
    policy = BackpropPolicy(model, SGD(model.parameters(), lr=1.0), rng=np.random.default_rng(4))
    x = np.random.default_rng(5).standard_normal((6, 4)).astype(np.float32)
    action = policy.act(x)
    same = deepcopy(model)                  # the mask that comes next, which is not that of the action
    loss = CrossEntropyLoss(reduction="mean")
    loss.forward(same.forward(x), action)
    same.backward(loss.backward())
    before = model[2].weight.data.copy()
    policy.learn(np.ones((1, 6)))
    np.testing.assert_allclose(before - model[2].weight.data, same[2].weight.grad, rtol=1e-4, atol=1e-6)
