"""Windows, the state that goes on, and the gradient that does not."""

from copy import deepcopy

import numpy as np
import pytest

import chainrule
from chainrule.backprop.time import TruncatedBPTT, Window, stream_loss, windows
from chainrule.layers.core import ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models.zoo import char_rnn
from chainrule.optim import SGD, Optimizer


class Recorder(Optimizer):
    """Moves nothing and keeps the gradients of every step."""

    def __init__(self, params):
        super().__init__(params, lr=0.0)
        self.found = []

    def step(self, closure=None):
        self.found.append([parameter.grad.copy() for group in self.param_groups for parameter in group["params"]])


@pytest.fixture
def model():
    chainrule.manual_seed(0)
    return char_rnn(5, embedding=3, hidden=4, layers=2).astype(np.float64)


@pytest.fixture
def streams():
    drawn = np.random.default_rng(1).integers(0, 5, (3, 24))
    return drawn[:, :-1], drawn[:, 1:]


def by_hand(model, x, y, window):
    """Return the gradient of a window by one call over it, from the state that one call over what is before gives."""
    model, loss, state = deepcopy(model), CrossEntropyLoss(), ()
    if window.start:
        _, *state = model.forward(x[:, :window.start])
    model.zero_grad()
    scores, *_ = model.forward(x[:, window.start:window.stop], *state)
    loss.forward(scores[..., -window.counted:], y[:, window.stop - window.counted:window.stop])
    grad = np.zeros_like(scores)
    grad[..., -window.counted:] = loss.backward()
    model.backward((grad, None, None))
    return [parameter.grad for parameter in model.parameters()]


@pytest.mark.parametrize(("k1", "k2"), [(4, 4), (4, 7), (4, 9), (5, 2), (1, 6), (30, 30), (7, 40)])
def test_every_window_has_the_gradient_by_hand(model, streams, k1, k2):
    recorder = Recorder(model.parameters())
    found = list(TruncatedBPTT(model, CrossEntropyLoss(), recorder, k1, k2).run(*streams))
    assert [window for _, window in found] == list(windows(23, k1, k2))
    for (_, window), grads in zip(found, recorder.found, strict=True):
        for one, other in zip(grads, by_hand(model, *streams, window), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


def test_windows_count_every_step_once():
    for k1, k2 in ((3, 3), (3, 5), (4, 20)):
        counted = [step for start, stop, count in windows(17, k1, k2) for step in range(stop - count, stop)]
        assert counted == list(range(17))
    assert list(windows(7, 4, 2)) == [Window(1, 3, 2), Window(5, 7, 2)]


def test_one_window_is_full_backpropagation(model, streams):
    whole = deepcopy(model)
    TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.5), 23).epoch(*streams)
    optimizer, loss = SGD(whole.parameters(), lr=0.5), CrossEntropyLoss()
    scores, *_ = whole.forward(streams[0])
    loss.forward(scores, streams[1])
    whole.backward((loss.backward(), None, None))
    optimizer.step()
    for one, other in zip(model.parameters(), whole.parameters(), strict=True):
        np.testing.assert_allclose(one.data, other.data, rtol=1e-12)


def test_the_loss_along_streams_does_not_depend_on_the_pieces(model, streams):
    loss = CrossEntropyLoss()
    scores, *_ = model.forward(streams[0])
    for length in (1, 7, 23, 100):
        assert stream_loss(model, loss, *streams, length=length) == pytest.approx(loss.forward(scores, streams[1]))


def test_clipping(model, streams):
    before = [parameter.data.copy() for parameter in model.parameters()]
    TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters(), lr=1.0), 23, max_norm=1e-3).epoch(*streams)
    moved = sum(((parameter.data - old) ** 2).sum() for parameter, old in zip(model.parameters(), before, strict=True))
    assert np.sqrt(moved) == pytest.approx(1e-3, rel=1e-3)


def test_what_does_not_fit_is_refused(model, streams):
    with pytest.raises(ValueRangeError, match="k1 as a whole number of at least 1"):
        TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters()), 0)
    with pytest.raises(ValueRangeError, match="expected k2 = k1 with a boundary"):
        TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters()), 2, 3, boundary=object())
    with pytest.raises(ValueRangeError, match="same streams and steps"):
        TruncatedBPTT(model, CrossEntropyLoss(), SGD(model.parameters()), 2).epoch(streams[0], streams[1][:, 1:])
