"""Recurrent layers in stretches: the layer's own numbers, less memory, and gradients that end where they should."""

import numpy as np
import pytest

from chainrule.backprop.time import CheckpointedLayer, TruncatedLayer
from chainrule.layers import GRU, LSTM, RNN
from chainrule.layers.core import ValueRangeError, cache_bytes, flatten

KINDS = {"LSTM": (LSTM, 2), "GRU": (GRU, 1), "RNN": (RNN, 1)}


def passed(layer, parameters, x, hx, upstream):
    """Return outputs, gradients of inputs and those of the parameters of one pass."""
    for parameter in parameters:
        parameter.zero_grad()
    y, state = layer.forward(x, hx)
    grads = layer.backward(upstream)
    return [y, *flatten(state), *flatten(grads), *(parameter.grad.copy() for parameter in parameters)]


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_both_are_the_layer_where_nothing_is_cut_off(kind, batch_first, given):
    rng, (make, count) = np.random.default_rng(0), KINDS[kind]
    layer = make(3, 4, num_layers=2, batch_first=batch_first).astype(np.float64)
    x = rng.normal(size=(5, 11, 3))
    batch, parameters = x.shape[1 - int(batch_first)], list(layer.parameters())
    states = [rng.normal(size=(2, batch, 4)) for _ in range(count)]
    hx = (states[0] if count == 1 else tuple(states)) if given else None
    y, _ = layer.forward(x)
    upstream = (rng.normal(size=y.shape), *(rng.normal(size=(2, batch, 4)) for _ in range(count)))
    wanted = passed(layer, parameters, x, hx, upstream)
    little = CheckpointedLayer(layer, 2)
    for other in (little, TruncatedLayer(layer, 99), TruncatedLayer(little, 99)):
        for one, two in zip(wanted, passed(other, parameters, x, hx, upstream), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-10, atol=1e-12)


def test_a_gradient_goes_back_to_the_beginning_of_its_stretch():
    layer = LSTM(3, 4).astype(np.float64)
    x = np.random.default_rng(0).normal(size=(10, 2, 3))
    for step, begins in ((0, 0), (3, 0), (4, 4), (9, 8)):
        cut = TruncatedLayer(layer, 4)
        y, _ = cut.forward(x)
        grad = np.zeros_like(y)
        grad[step] = 1
        grad_x = cut.backward((grad, None, None))
        assert np.flatnonzero(grad_x.any(axis=(1, 2))).tolist() == list(range(begins, step + 1))


def test_memory_is_that_of_the_slots_as_described():
    layer, x = LSTM(8, 8), np.zeros((200, 4, 8), np.float32)
    little = CheckpointedLayer(layer, 5)
    layer.forward(x)
    whole = cache_bytes(layer.cache)
    little.forward(x)
    assert cache_bytes(little.cache) == little.describe(x.shape).cache_bytes()
    assert 10 * (cache_bytes(little.cache) - x.nbytes) < whole - x.nbytes


def test_what_has_no_stretches_is_refused():
    with pytest.raises(ValueRangeError, match="in one direction, got LSTM"):
        TruncatedLayer(LSTM(3, 4, bidirectional=True), 2)
    with pytest.raises(ValueRangeError, match="no lengths"):
        CheckpointedLayer(GRU(3, 4), 2).forward(np.zeros((5, 2, 3)), None, np.array([5, 2]))
    with pytest.raises(ValueRangeError, match="three axes"):
        TruncatedLayer(GRU(3, 4), 2).describe((5, 3))
