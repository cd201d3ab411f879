"""Little memory, the same bits: steps that run again, exactly as many as planned."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.backprop.time import CheckpointedTime, Unrolled
from chainrule.layers import BatchNorm1d, Dropout, GRUCell, Linear, LSTMCell, RNNCell
from chainrule.layers.core import Layer, ShapeError, cache_bytes, call, call_back, flatten
from chainrule.testing import check_layer


class Counted(Layer):
    """A cell that counts its forward calls."""

    def __init__(self, cell):
        self.cell, self.calls = cell, 0

    def forward(self, *x):
        self.calls += 1
        y, self.cache = call(self.cell, *x)
        return y

    def backward(self, grad_out):
        return call_back(self.cell, self.saved(), grad_out)


class Noisy(Layer):
    """A cell that draws numbers and keeps statistics: ``h' = cell(dropout(norm(x)), h)``."""

    def __init__(self):
        self.norm, self.dropout = BatchNorm1d(3), Dropout(0.4, rng=np.random.default_rng(5))
        self.cell = GRUCell(3, 4)

    def forward(self, x, hx=None):
        given, entries = (x,), []
        for layer in (self.norm, self.dropout, self.cell):
            y, entry = call(layer, *(given if layer is not self.cell or hx is None else (*given, hx)))
            given, entries = (y,), [*entries, entry]
        self.cache = tuple(entries)
        return y

    def backward(self, grad_out):
        norm, dropout, cell = self.saved()
        grad, *rest = flatten(call_back(self.cell, cell, grad_out))
        grad = call_back(self.norm, norm, call_back(self.dropout, dropout, grad))
        return (grad, *rest)


@pytest.mark.parametrize(("slots", "policy", "internal"), [(1, "hidden", 1), (3, "hidden", 1), (20, "mixed", 3),
                                                          (9, "internal", 4), (200, "hidden", 1)])
@pytest.mark.parametrize("make", [lambda: LSTMCell(3, 4), lambda: RNNCell(3, 4), Noisy])
def test_the_same_bits_in_the_planned_number_of_steps(make, slots, policy, internal):
    cell, rng = make(), np.random.default_rng(0)
    x, grad = (rng.normal(size=(61, 5, size)).astype(np.float32) for size in (3, 4))
    plain, ours = Unrolled(deepcopy(cell)), CheckpointedTime(Counted(cell), slots, policy, internal)
    y, state = plain.forward(x)
    found, found_state = ours.forward(x)
    assert np.array_equal(found, y)
    assert all(map(np.array_equal, flatten(found_state), flatten(state)))
    nothing = (None,) * len(flatten(state))
    assert np.array_equal(ours.backward((grad, *nothing)), plain.backward((grad, *nothing)))
    for one, other in zip(ours.parameters(), plain.parameters(), strict=True):
        assert np.array_equal(one.grad, other.grad)
    for (_, one), (_, other) in zip(ours.named_buffers(), plain.named_buffers(), strict=True):
        assert np.array_equal(one.data, other.data)
    assert ours.cell.calls == ours.plan(61).steps()


def test_never_more_is_stored_than_there_are_slots():
    held = []

    class Watched(Counted):
        def backward(self, grad_out):
            held.append(len(ours.cache.stack))
            return super().backward(grad_out)

    ours, full = CheckpointedTime(Watched(LSTMCell(3, 64)), 6), Unrolled(LSTMCell(3, 64))
    x = np.random.default_rng(0).normal(size=(300, 5, 3)).astype(np.float32)
    y, _ = full.forward(x)
    ours.forward(x)
    kept = cache_bytes(ours.cache, without=(x,)) / cache_bytes(full.cache, without=(x,))
    assert kept < 0.02                                  # 6 states and one step's cache for 300 of them
    ours.backward((np.ones_like(y), None, None))
    assert len(held) == 300
    assert max(held) == 6


def test_there_is_a_second_way_back():
    layer = CheckpointedTime(RNNCell(3, 4), 3)
    x = np.random.default_rng(0).normal(size=(40, 2, 3)).astype(np.float32)
    y, _ = layer.forward(x)
    first = layer.backward((np.ones_like(y), None))
    assert np.array_equal(layer.backward((np.ones_like(y), None)), first)


@pytest.mark.parametrize("options", [(2,), (5, "mixed", 2)])
def test_contract(options):
    assert check_layer(CheckpointedTime(LSTMCell(3, 4), *options), (6, 5, 3)).problems == []
    assert check_layer(CheckpointedTime(GRUCell(3, 4), *options, return_sequences=False), (6, 5, 3)).problems == []


def test_a_layer_that_is_no_cell_says_so():
    with pytest.raises(TypeError):
        CheckpointedTime(Linear(3, 3), 2).forward(np.ones((4, 2, 3), np.float32))
    for run in (lambda layer: layer.forward(np.ones((0, 2, 3))), lambda layer: layer.describe((0, 2, 3))):
        with pytest.raises(ShapeError, match="a step for each row"):
            run(CheckpointedTime(GRUCell(3, 4), 2))
