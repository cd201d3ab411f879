"""GradientExchange: the gradient of the whole batch on every rank, sent while the pass still runs."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.layers import Embedding, Flatten, Linear, ReLU, Tanh, TiedLinear
from chainrule.layers.core import Layer, Observer, observe
from chainrule.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from chainrule.models import Residual, Sequential
from chainrule.training.micro_batches import accumulate_gradient
from chainrule.training.parallel import GradientExchange, buckets
from chainrule.training.step import add_gradient

SIZES = (1, 3)


@pytest.fixture(autouse=True)
def _many_buckets(monkeypatch):
    monkeypatch.setattr(buckets, "SMALLEST", 1)


def linear(inputs, outputs, seed=0):
    return Linear(inputs, outputs, rng=np.random.default_rng(seed))


def shared():
    encoder, twice = linear(4, 4), linear(4, 4, 1)
    return Sequential(encoder, Tanh(), twice, Tanh(), twice, Residual(Sequential(linear(4, 4, 2), ReLU())),
                      TiedLinear(encoder))


class Late(Layer):
    """Reaches the parameters of a layer before that has, behind the door's back."""

    def __init__(self, other):
        self._other = other

    def forward(self, x):
        y = self._other.forward(x)
        self.cache, self._other.cache = self._other.cache, None
        return y

    def backward(self, grad_out):
        self._other.cache = self.saved()
        return self._other.backward(grad_out)


def batches(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 4)).astype(np.float32), rng.normal(size=(n, 4)).astype(np.float32)


def gradients(make, loss, x, y, ranks, size, micro=None, passes=2):
    """Return loss, divisor and gradients of every rank after some passes, each of which begins at zero."""
    models = [make() for _ in range(size)]

    def work(job):
        model, part = models[job.rank], slice(job.rank * len(y) // size, (job.rank + 1) * len(y) // size)
        exchange, own = GradientExchange((model,), model.parameters(), job), deepcopy(loss)
        for _ in range(passes):
            model.zero_grad()
            found = add_gradient(model, own, x[part], y[part], exchange) if micro is None else \
                accumulate_gradient(model, own, x[part], y[part], micro, exchange)
        return found.loss, found.divisor, [each.grad.copy() for each in model.parameters()], \
            [each.reached for each in model.parameters()]

    return ranks(size, work)


def agree(found, wanted):
    value, divisor, grads, reached = wanted
    for each in found:
        assert each[0] == pytest.approx(value, rel=1e-6, nan_ok=True) and each[1] == pytest.approx(divisor)
        assert each[3] == reached
        for ours, theirs, first in zip(each[2], grads, found[0][2], strict=True):
            np.testing.assert_allclose(ours, theirs, 1e-4, 1e-6)
            assert (ours == first).all(), "the ranks part"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("micro", [None, 3])
@pytest.mark.parametrize("make", [shared, lambda: linear(4, 4), lambda: Sequential(Late(linear(4, 4)), linear(4, 4))],
                         ids=["shared", "one layer", "behind the back"])
def test_it_is_that_of_one_process(ranks, make, micro, size):
    x, y = batches(11)
    loss = MSELoss()
    wanted = gradients(make, loss, x, y, ranks, 1)[0]
    agree(gradients(make, loss, x, y, ranks, size, micro), wanted)


@pytest.mark.parametrize("micro", [None, 2])
@pytest.mark.parametrize("loss", [
    CrossEntropyLoss(weight=np.array([1, 5, 0.1, 2], np.float32)), CrossEntropyLoss(ignore_index=2),
    CrossEntropyLoss(reduction="sum"), CrossEntropyLoss(label_smoothing=0.1)], ids=str)
@pytest.mark.parametrize("target", [(0, 1, 2, 3, 1, 2, 0), (2, 2, 2, 0, 0, 1, 3), (2, 2, 2, 2, 2, 2, 2)], ids=str)
def test_parts_count_by_what_their_loss_divides_by(ranks, loss, micro, target):
    x, _ = batches(7)
    y = np.array(target)
    with np.errstate(invalid="ignore"):
        wanted = gradients(shared, loss, x, y, ranks, 1)[0]
        agree(gradients(shared, loss, x, y, ranks, 3, micro), wanted)


@pytest.mark.parametrize("micro", [None, 2])
def test_a_rank_without_samples_adds_nothing(ranks, micro):
    x, y = batches(2)
    wanted = gradients(shared, MSELoss(), x, y, ranks, 1)[0]
    agree(gradients(shared, MSELoss(), x, y, ranks, 3, micro), wanted)


class Watch(Observer):
    def __init__(self, events):
        self.events = events

    def after_backward(self, path, layer, grad_out, grad_x):
        self.events.append(path[0])


def listen(job, note):
    """Let ``note`` have every gradient that is sent, during the pass or at its end."""
    start, all_reduce_ = job.start, job.all_reduce_

    def at_the_end(array):
        if array.dtype == np.float32:       # as the gradients of these tests, and nothing else
            note(array)
        all_reduce_(array)

    job.start = lambda array: (note(array), start(array))[1]
    job.all_reduce_ = at_the_end


def test_buckets_are_sent_while_the_pass_runs(ranks):
    def work(job):
        events = []
        listen(job, lambda array: events.append(array.size))
        model = Sequential(*(linear(size, size + 1, size) for size in range(1, 5)))
        exchange = GradientExchange((model,), model.parameters(), job)
        x, passes = np.ones((2, 1), np.float32), []
        for _ in range(2):
            events.clear()
            with observe(Watch(events)):
                add_gradient(model, MSELoss(), x, np.ones((2, 5), np.float32), exchange)
            passes.append(list(events))
        return passes

    first, second = ranks(2, work)[0]
    assert first[:4] == ["3", "2", "1", "0"]            # in the first pass all wait for its end
    assert [each for each in second if isinstance(each, int)] == first[4:] == [25, 16, 9, 4]
    assert second == ["3", 25, "2", 16, "1", 9, "0", 4]


def test_what_a_layer_reaches_behind_the_back_of_others_is_sent_at_the_end(ranks):
    def work(job):
        sent = []
        listen(job, lambda array: sent.append(float(np.abs(array).sum())))
        inner = linear(4, 4)
        model = Sequential(Late(inner), inner, linear(4, 4, 1))     # inner's own call comes back first

        exchange = GradientExchange((model,), model.parameters(), job)
        for _ in range(2):
            sent.clear()
            model.zero_grad()
            add_gradient(model, MSELoss(), *batches(4), exchange)
        return sum(sent), sum(float(np.abs(each.grad).sum()) for each in model.parameters())

    sent, all_of_it = ranks(2, work)[0]
    assert 2 * sent == pytest.approx(all_of_it, rel=1e-5)       # both have the same samples: nothing was added later


def test_rows_and_what_was_reached_are_those_of_all_ranks(ranks):
    indices = [np.array([1, 3]), np.array([3, 4])]

    def work(job):
        table, head, other = (Embedding(6, 2, sparse=True, rng=np.random.default_rng(0)), linear(4, 1),
                              Embedding(5, 2, sparse=True, rng=np.random.default_rng(1)))
        model = Sequential(table, Flatten(0), head)
        exchange = GradientExchange((model, other), (*model.parameters(), *other.parameters()), job)
        with exchange:
            y = model.forward(indices[job.rank])
            model.backward(np.ones_like(y))
            if job.rank:
                other.forward(np.array([2]))
                other.backward(np.ones((1, 2), np.float32))
        return table.weight.rows.tolist(), other.weight.rows.tolist(), other.weight.reached, head.weight.rows, \
            np.flatnonzero(table.weight.grad.any(axis=1)).tolist()

    assert ranks(2, work) == [([1, 3, 4], [2], True, None, [1, 3, 4])] * 2


def test_frozen_parameters_are_not_sent(ranks):
    def work(job):
        sent = []
        listen(job, lambda array: sent.append(array.size))
        model = Sequential(linear(4, 3).requires_grad_(False), linear(3, 2))
        add_gradient(model, BCEWithLogitsLoss(), np.ones((2, 4), np.float32), np.ones((2, 2), np.float32),
                     GradientExchange((model,), model.parameters(), job))
        return sent

    assert ranks(2, work) == [[8]] * 2
