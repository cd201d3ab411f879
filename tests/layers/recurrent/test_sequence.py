"""RNN, LSTM and GRU against PyTorch over all their options, variable lengths and dropout among them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Linear, Select, recurrent
from chainrule.layers.core import DtypeError, ShapeError, UnknownNameError, ValueRangeError, call, call_back, flatten
from chainrule.layers.recurrent import GRU, LSTM, RNN
from chainrule.models import Sequential
from chainrule.testing import check_layer

sizes = st.integers(1, 5)


@st.composite
def networks(draw):
    """Draw the name of a class and arguments for it."""
    kind = draw(st.sampled_from(["RNN", "LSTM", "GRU"]))
    options = {"input_size": draw(sizes), "hidden_size": draw(sizes), "num_layers": draw(st.integers(1, 3)),
               **{name: draw(st.booleans()) for name in ("bias", "batch_first", "bidirectional")}}
    if kind == "RNN":
        options["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    if kind == "LSTM":
        options["proj_size"] = draw(st.integers(0, options["hidden_size"] - 1))
    return kind, options


def pair(kind, options):
    """Return our network and PyTorch's with the same weights, in float64."""
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, kind)(**options).double()
    ours = getattr(recurrent, kind)(**options).astype(np.float64)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def close(mine, other, what):
    np.testing.assert_allclose(mine, other.detach(), rtol=1e-10, atol=1e-10, err_msg=what)


def compare(ours, theirs, x, hx, run, rng, lengths=None):
    """Compare outputs and all gradients; ``run(x, hx)`` is PyTorch's forward pass, some upstream gradients are zero."""
    torch = pytest.importorskip("torch")
    tensor, states = torch.tensor(x, requires_grad=True), [torch.tensor(state, requires_grad=True) for state in hx]
    expected = flatten(run(tensor, None if not hx else states[0] if len(states) == 1 else tuple(states)))
    given_hx = None if not hx else hx[0] if len(hx) == 1 else tuple(hx)
    outputs = ours.forward(x, given_hx) if lengths is None else ours.forward(x, given_hx, lengths)
    _, h_n = outputs
    assert isinstance(h_n, tuple) == isinstance(ours, LSTM)
    for mine, other in zip(flatten(outputs), expected, strict=True):
        close(mine, other, "output")
    upstream = [rng.normal(size=mine.shape) if index == 0 or rng.random() < 0.7 else None
                for index, mine in enumerate(flatten(outputs))]
    if rng.random() < 0.2 and upstream[1] is not None:
        upstream[0] = None
    ours.zero_grad()
    back = ours.backward(tuple(upstream))
    torch.autograd.backward(*zip(*[(other, torch.tensor(grad)) for other, grad in zip(expected, upstream, strict=True)
                                   if grad is not None], strict=True))
    if lengths is not None:
        *back, nothing = back
        assert nothing is None
        back = [grad for grad in back if grad is not None]
    back = [back] if isinstance(back, np.ndarray) else back
    for mine, other in zip(back, [tensor, *states], strict=True):
        close(mine, other.grad, "gradient of an input")
    for (name, mine), (also, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert name == also
        close(mine.grad, torch.zeros_like(other) if other.grad is None else other.grad, f"gradient of {name}")


def draw_states(ours, batch, rng):
    rows = ours.num_layers * (1 + ours.bidirectional)
    widths = [ours.proj_size or ours.hidden_size, ours.hidden_size][:2 if isinstance(ours, LSTM) else 1]
    return [rng.normal(size=(rows, *batch, width)) for width in widths]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(network=networks(), length=sizes, batch=st.integers(0, 4), initial=st.booleans(), seed=st.integers(0, 999))
def test_agrees_with_torch(network, length, batch, initial, seed):
    rng = np.random.default_rng(seed)
    ours, theirs = pair(*network)
    lead = (length, batch) if batch else (length,)              # a batch of none: without that axis
    x = rng.normal(size=(*(reversed(lead) if ours.batch_first else lead), ours.input_size))
    hx = draw_states(ours, lead[1:], rng) if initial else []
    compare(ours, theirs, x, hx, theirs, rng)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(network=networks(), lengths=st.lists(sizes, min_size=1, max_size=5), more=st.integers(0, 2),
       initial=st.booleans(), seed=st.integers(0, 999))
def test_lengths_agree_with_packed_sequences(network, lengths, more, initial, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    ours, theirs = pair(*network)
    lead = (max(lengths) + more, len(lengths))
    x = rng.normal(size=(*(reversed(lead) if ours.batch_first else lead), ours.input_size))

    def run(x, hx):
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, ours.batch_first, enforce_sorted=False)
        output, last = theirs(packed, hx)
        return torch.nn.utils.rnn.pad_packed_sequence(output, ours.batch_first, total_length=lead[0])[0], last
    compare(ours, theirs, x, draw_states(ours, lead[1:], rng) if initial else [], run, rng, lengths)


class Recorded(np.random.Generator):
    """A generator that gives recorded dropout masks: 1 keeps, 0 leaves out."""

    def __init__(self, masks):
        super().__init__(np.random.PCG64(0))
        self.masks = list(masks)

    def random(self, size=None, dtype=np.float64, out=None):
        return self.masks.pop(0).reshape(size).astype(dtype)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_dropout_agrees_with_torch_given_its_masks(kind):
    torch = pytest.importorskip("torch")
    options = {"input_size": 3, "hidden_size": 4, "num_layers": 3, "dropout": 0.4, "bidirectional": True}
    ours, theirs = pair(kind, options)
    torch.manual_seed(5)
    ours.rng = Recorded([torch.empty(6, 2, 8).bernoulli_(0.6).numpy() for _ in range(2)])
    torch.manual_seed(5)
    rng = np.random.default_rng(0)
    compare(ours, theirs, rng.normal(size=(6, 2, 3)), draw_states(ours, (2,), rng), theirs, rng)
    assert ours.rng.masks == []
    theirs.zero_grad()
    compare(ours.eval(), theirs.eval(), rng.normal(size=(6, 2, 3)), [], theirs, rng)


def example(kind=LSTM, *arguments, **options):
    return kind(3, 4, *arguments, rng=np.random.default_rng(0), **options)


def normal(*shape):
    return np.random.default_rng(1).normal(size=shape)


def test_what_lies_behind_the_end_does_not_count():
    layer = example(bidirectional=True, num_layers=2).astype(np.float64)
    x, lengths = normal(5, 3, 3), np.array([2, 5, 0])
    output, (h_n, c_n) = layer.forward(x, None, lengths)
    upstream = normal(*output.shape), normal(*h_n.shape), normal(*c_n.shape)
    grad_x, _, _ = layer.backward(upstream)
    grads = [parameter.grad.copy() for parameter in layer.parameters()]
    behind = np.arange(5)[:, None] >= lengths
    assert (output[behind] == 0).all() and (grad_x[behind] == 0).all()
    assert (h_n[:, 2] == 0).all() and (c_n[:, 2] == 0).all()        # a sequence without steps keeps its first state
    x[behind], upstream[0][behind] = np.nan, np.nan
    layer.zero_grad()
    again = layer.forward(x, None, lengths)
    for before, after in zip((output, h_n, c_n), flatten(again), strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(layer.backward(upstream)[0], grad_x)
    for before, parameter in zip(grads, layer.parameters(), strict=True):
        np.testing.assert_array_equal(before, parameter.grad)


def test_two_forwards_before_the_first_backward():
    layer, first, second = example(GRU), normal(5, 2, 3), normal(4, 3, 3)
    outcomes = []
    for x in (first, second):
        output, h_n = layer.forward(x)
        outcomes.append(((output, h_n), layer.backward((normal(*output.shape), normal(*h_n.shape)))))
    (y, entry), (other_y, other_entry) = call(layer, first), call(layer, second)
    for (expected, grad), received, at in zip(outcomes, (y, other_y), (entry, other_entry), strict=True):
        np.testing.assert_array_equal(received[0], expected[0])
        np.testing.assert_array_equal(
            call_back(layer, at, (normal(*received[0].shape), normal(*received[1].shape))), grad)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_float32_stays_float32(kind):
    layer, x = example(kind, 2, bidirectional=True), normal(5, 2, 3).astype(np.float32)
    outputs = layer.forward(x)
    assert {leaf.dtype for leaf in flatten(outputs)} == {np.dtype(np.float32)}
    assert layer.backward(tuple(np.ones_like(leaf) for leaf in flatten(outputs))).dtype == np.float32
    for narrow, exact in zip(flatten(outputs), flatten(layer.astype(np.float64).forward(x)), strict=True):
        np.testing.assert_allclose(narrow, exact, atol=1e-6)


@pytest.mark.parametrize(("make", "x", "batch_axis"), [
    (lambda: RNN(5, 4), [(7, 3, 5)], 1),
    (lambda: RNN(5, 4, 2, "relu", bidirectional=True, batch_first=True), [(3, 4, 5), (4, 3, 4)], 0),
    (lambda: GRU(5, 4, 2, bias=False, dropout=0.4), [(4, 3, 5), None, np.array([2, 4, 0])], None),
    (lambda: LSTM(5, 4, bidirectional=True), [(4, 3, 5), ((2, 3, 4), (2, 3, 4))], 1),
    (lambda: LSTM(5, 4, proj_size=2, batch_first=True), [(3, 4, 5), ((1, 3, 2), (1, 3, 4)), np.array([4, 1, 2])], None),
    (lambda: LSTM(5, 4), [(7, 5), ((1, 4), (1, 4))], None),
    (lambda: Sequential(LSTM(5, 4, bidirectional=True), Select(0), Linear(8, 2)), [(4, 3, 5)], 1),
], ids=["RNN", "RNN relu", "GRU lengths", "LSTM", "LSTM projected", "LSTM unbatched", "in a network"])
def test_contract(make, x, batch_axis):
    assert check_layer(make(), *x, batch_axis=batch_axis).problems == []


def test_description_counts_products_and_shapes():
    told = LSTM(5, 4, 2, bidirectional=True, proj_size=3).describe((7, 2, 5))
    assert told.y_shapes == ((7, 2, 6), (4, 2, 3), (4, 2, 4))
    assert told.multiply_adds == 7 * 2 * 2 * (16 * (5 + 3) + 3 * 4 + 16 * (6 + 3) + 3 * 4)
    assert told.field is None


def test_no_steps_leave_the_state_as_it_is():
    h0 = normal(1, 2, 4)
    layer = example(GRU).astype(np.float64)
    output, h_n = layer.forward(np.zeros((0, 2, 3)), h0)
    assert output.shape == (0, 2, 4)
    np.testing.assert_array_equal(h_n, h0)
    np.testing.assert_array_equal(layer.backward((output, h0))[1], h0)


x, h0 = normal(5, 2, 3), normal(1, 2, 4)


@pytest.mark.parametrize(("call", "error", "shown"), [
    (lambda: LSTM(3, 4).forward(h0), ShapeError, r"LSTM\(3, 4\) expected x of shape \(L, N, 3\), got \(1, 2, 4\)"),
    (lambda: LSTM(3, 4, batch_first=True).forward(normal(2)), ShapeError, r"x of shape \(N, L, 3\), got \(2,\)"),
    (lambda: LSTM(3, 4).forward(x, h0), ShapeError, r"expected hx as two arrays, \(h0, c0\), got 1"),
    (lambda: LSTM(3, 4).forward(x, (h0, x)), ShapeError, r"expected c0 of shape \(1, 2, 4\), got \(5, 2, 3\)"),
    (lambda: GRU(3, 4).forward(x, (h0, h0)), ShapeError, "expected hx as one array, h0, got 2"),
    (lambda: GRU(3, 4, 2).forward(x, h0), ShapeError, r"expected h0 of shape \(2, 2, 4\), got \(1, 2, 4\)"),
    (lambda: GRU(3, 4).forward(np.zeros((5, 2, 3), int)), DtypeError, "expected x of a floating-point dtype"),
    (lambda: RNN(3, 4, nonlinearity="relo"), UnknownNameError, "nonlinearity of RNN 'relo' – did you mean 'relu'"),
    (lambda: LSTM(3, 4, proj_size=4), ValueRangeError, "LSTM expected proj_size smaller than hidden_size=4, got 4"),
    (lambda: LSTM(3, 4, dropout=1.5), ValueRangeError, r"LSTM expected dropout in \[0, 1\], got 1.5"),
    (lambda: GRU(3, 0), ValueRangeError, "GRU expected hidden_size as a whole number of at least 1"),
    (lambda: GRU(3, 4, num_layers=0), ValueRangeError, "GRU expected num_layers"),
])
def test_what_does_not_fit_is_refused(call, error, shown):
    with pytest.raises(error, match=shown):
        call()


def test_wrong_gradients_are_refused():
    layer = example()
    output, (h_n, c_n) = layer.forward(normal(5, 2, 3))
    with pytest.raises(ShapeError, match="expected grad_output and grad_h_n and grad_c_n, None for zero, got 1"):
        layer.backward(output)
    with pytest.raises(ShapeError, match=r"expected grad_c_n of shape \(1, 2, 4\), got \(2, 4\)"):
        layer.backward((output, h_n, c_n[0]))
