"""The cells against PyTorch, and a loop over a cell against the layer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import recurrent
from chainrule.layers.core import ShapeError, UnknownNameError, call, call_back, flatten
from chainrule.layers.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from chainrule.testing import check_layer

sizes = st.integers(1, 5)


def close(mine, other, what):
    np.testing.assert_allclose(mine, other.detach(), rtol=1e-10, atol=1e-10, err_msg=what)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(kind=st.sampled_from(["RNNCell", "LSTMCell", "GRUCell"]), inputs=sizes, hidden=sizes, batch=st.integers(0, 4),
       bias=st.booleans(), relu=st.booleans(), initial=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(kind, inputs, hidden, batch, bias, relu, initial, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    options = {"nonlinearity": "relu" if relu else "tanh"} if kind == "RNNCell" else {}
    theirs = getattr(torch.nn, kind)(inputs, hidden, bias, **options).double()
    ours = getattr(recurrent, kind)(inputs, hidden, bias, **options).astype(np.float64)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    lead = (batch,) if batch else ()                            # a batch of none: without that axis
    count = 2 if kind == "LSTMCell" else 1
    x, hx = rng.normal(size=(*lead, inputs)), rng.normal(size=(count, *lead, hidden)) if initial else ()
    tensors = [torch.tensor(each, requires_grad=True) for each in (x, *hx)]

    def packed(states):
        return None if len(states) == 0 else states[0] if count == 1 else tuple(states)
    y, expected = ours.forward(x, packed(hx)), theirs(tensors[0], packed(tensors[1:]))
    for mine, other in zip(flatten(y), flatten(expected), strict=True):
        close(mine, other, "output")
    upstream = rng.normal(size=(count, *lead, hidden))
    back = ours.backward(packed(upstream))
    torch.autograd.backward(flatten(expected), list(torch.tensor(upstream)))
    for mine, tensor in zip([back] if isinstance(back, np.ndarray) else back, tensors, strict=True):
        close(mine, tensor.grad, "gradient of an input")
    for (name, mine), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        close(mine.grad, other.grad, f"gradient of {name}")


@pytest.mark.parametrize(("cell_kind", "layer_kind"), [(RNNCell, RNN), (LSTMCell, LSTM), (GRUCell, GRU)])
def test_a_loop_over_the_cell_is_the_layer(cell_kind, layer_kind):
    rng = np.random.default_rng(0)
    cell, layer = cell_kind(3, 4).astype(np.float64), layer_kind(3, 4).astype(np.float64)
    layer.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    x, grad_output = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 2, 4))
    output, last = layer.forward(x)
    state, entries = (np.zeros((2, 4)),) * (1 + (cell_kind is LSTMCell)), []
    for t in range(6):
        y, entry = call(cell, x[t], state if cell_kind is LSTMCell else state[0])
        entries.append(entry)
        state = flatten(y)
        np.testing.assert_allclose(state[0], output[t], rtol=1e-12)
    grads, grad_x = [0.0] * len(state), np.empty_like(x)
    for t in reversed(range(6)):
        grad_h = grads[0] + grad_output[t]
        upstream = grad_h if len(grads) == 1 else (grad_h, grads[1] + np.zeros_like(grad_h))
        grad_x[t], *grads = call_back(cell, entries[t], upstream)
    np.testing.assert_allclose(layer.backward((grad_output, *(None,) * len(state))), grad_x, rtol=1e-10)
    for (name, one), other in zip(cell.named_parameters(), layer.parameters(), strict=True):
        np.testing.assert_allclose(one.grad, other.grad, rtol=1e-10, atol=1e-12, err_msg=name)
    assert flatten(last)[0].shape == (1, 2, 4)


@pytest.mark.parametrize(("make", "x"), [
    (lambda: RNNCell(5, 4), [(3, 5)]), (lambda: RNNCell(5, 4, False, "relu"), [(3, 5), (3, 4)]),
    (lambda: GRUCell(5, 4), [(3, 5), (3, 4)]), (lambda: LSTMCell(5, 4), [(3, 5), ((3, 4), (3, 4))]),
    (lambda: LSTMCell(5, 4, bias=False), [(5,)]),
])
def test_contract(make, x):
    assert check_layer(make(), *x, batch_axis=0 if len(x[0]) > 1 else None).problems == []


def test_the_state_that_comes_out_is_not_in_the_cache():
    cell, x = LSTMCell(3, 4, rng=np.random.default_rng(0)), np.ones((2, 3), np.float32)
    h, c = cell.forward(x)
    expected = cell.backward((h, c))
    h, c = cell.forward(x)
    upstream = h.copy(), c.copy()
    h[...], c[...] = np.nan, np.nan
    np.testing.assert_array_equal(cell.backward(upstream), expected)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"GRUCell\(3, 4\) expected x of shape \(N, 3\), got \(5, 2, 3\)"):
        GRUCell(3, 4).forward(np.zeros((5, 2, 3)))
    with pytest.raises(ShapeError, match=r"LSTMCell\(3, 4\) expected hx as two arrays, \(h0, c0\), got 1"):
        LSTMCell(3, 4).forward(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(UnknownNameError, match="nonlinearity of RNNCell"):
        RNNCell(3, 4, nonlinearity="sine")
