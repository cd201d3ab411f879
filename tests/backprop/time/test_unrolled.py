"""The plain loop over time against the fused layers."""

import numpy as np
import pytest

from chainrule.backprop.time import Unrolled
from chainrule.layers import GRU, LSTM, RNN, Embedding, GRUCell, LSTMCell, RNNCell
from chainrule.layers.core import ShapeError
from chainrule.models import Graph
from chainrule.testing import check_layer

PAIRS = [(RNN, RNNCell), (LSTM, LSTMCell), (GRU, GRUCell)]


@pytest.mark.parametrize(("fused", "cell"), PAIRS)
def test_it_is_what_the_fused_layer_is(fused, cell):
    rng = np.random.default_rng(0)
    whole, loop = fused(3, 4).astype(np.float64), Unrolled(cell(3, 4).astype(np.float64))
    for name, parameter in loop.cell.named_parameters():
        parameter.data = getattr(whole, f"{name}_l0").data
    x, state = rng.normal(size=(37, 5, 3)), [rng.normal(size=(5, 4)) for _ in range(1 + (fused is LSTM))]
    wanted, _ = whole.forward(x, tuple(each[None] for each in state) if fused is LSTM else state[0][None])
    found, _ = loop.forward(x, tuple(state) if fused is LSTM else state[0])
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    grads = [rng.normal(size=wanted.shape), *(rng.normal(size=(5, 4)) for _ in state)]
    wanted_x, *wanted_state = whole.backward((grads[0], *(each[None] for each in grads[1:])))
    found_x, *found_state = loop.backward(tuple(grads))
    for one, other in [(found_x, wanted_x), *zip(found_state, wanted_state, strict=True)]:
        np.testing.assert_allclose(one.ravel(), other.ravel(), rtol=1e-12, atol=1e-14)
    for name, parameter in loop.cell.named_parameters():
        np.testing.assert_allclose(parameter.grad, getattr(whole, f"{name}_l0").grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("return_sequences", [True, False])
def test_contract(return_sequences):
    for _, cell in PAIRS:
        assert check_layer(Unrolled(cell(3, 4), return_sequences), (6, 5, 3)).problems == []


def test_indices_have_no_gradient():
    """A Graph of embedding and cell against the two one behind the other."""
    embedding, cell = Embedding(5, 4), RNNCell(4, 3)
    words = Unrolled(Graph(["x"], {"e": (embedding, "x"), "c": (cell, "e", "h")}, ["c"], optional=["h"]))
    x = np.random.default_rng(0).integers(0, 5, (6, 2))
    output, _ = words.forward(x)
    assert words.backward((np.ones_like(output), None)) is None
    found = [parameter.grad.copy() for parameter in words.parameters()]
    words.zero_grad()
    plain = Unrolled(cell)
    output, _ = plain.forward(embedding.forward(x))
    embedding.backward(plain.backward((np.ones_like(output), None)))
    for one, other in zip(found, words.parameters(), strict=True):
        np.testing.assert_allclose(one, other.grad, rtol=1e-5)


def test_wrong_shapes_are_named():
    layer = Unrolled(RNNCell(3, 4))
    with pytest.raises(ShapeError, match="a step for each row, got \\(\\)"):
        layer.forward(np.zeros(()))
    layer.forward(np.zeros((6, 5, 3), np.float32))
    with pytest.raises(ShapeError, match=r"grad_output of shape \(6, …\)"):
        layer.backward((np.zeros((5, 5, 4)), None))
    with pytest.raises(ShapeError, match="the gradient of every array of the state"):
        layer.backward(np.zeros((6, 5, 4)))
    with pytest.raises(ShapeError, match="expected x of shape") as caught:
        layer.forward(np.zeros((6, 5, 2), np.float32))
    assert "cell of Unrolled" in caught.value.__notes__[0]
