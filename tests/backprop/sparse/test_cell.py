"""Recurrent cells with a sparse backward pass against the cells themselves."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.backprop.sparse import MePropCell
from chainrule.backprop.time import Unrolled
from chainrule.layers import GRUCell, Linear, LSTMCell, RNNCell
from chainrule.layers.core import DtypeError, ShapeError, flatten

CELLS = [lambda: RNNCell(3, 5), lambda: RNNCell(3, 5, nonlinearity="relu"), lambda: LSTMCell(3, 5),
         lambda: GRUCell(3, 5), lambda: LSTMCell(3, 5, bias=False)]


@pytest.mark.parametrize("memory", [0.0, 0.8])
@pytest.mark.parametrize("make", CELLS)
def test_all_of_it_is_dense(make, memory):
    cell = make().astype(np.float64)
    dense, sparse = Unrolled(deepcopy(cell)), Unrolled(MePropCell(cell, k=1.0, memory=memory))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(9, 4, 3))
    (y, state), (found, _) = dense.forward(x), sparse.forward(x)
    np.testing.assert_allclose(found, y, rtol=1e-12)
    grads = (rng.normal(size=y.shape), *(rng.normal(size=(4, 5)) for _ in flatten(state)))
    np.testing.assert_allclose(sparse.backward(grads), dense.backward(grads), rtol=1e-11, atol=1e-13)
    wanted = dict(dense.cell.named_parameters())
    for name, parameter in cell.named_parameters():         # they are the cell's own
        np.testing.assert_allclose(parameter.grad, wanted[name].grad, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("make", CELLS)
def test_states_given_have_gradients(make):
    cell = make().astype(np.float64)
    dense, sparse = deepcopy(cell), MePropCell(cell, k=1.0)
    rng = np.random.default_rng(0)
    x, hx = rng.normal(size=(4, 3)), tuple(rng.normal(size=(4, 5)) for _ in cell.kind.state_names)
    hx = hx if len(hx) > 1 else hx[0]
    grads = tuple(rng.normal(size=(4, 5)) for _ in flatten(hx))
    for layer in (dense, sparse):
        layer.forward(x, hx)
    for one, other in zip(sparse.backward(grads), dense.backward(grads), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("make", CELLS)
def test_an_empty_batch_and_what_does_not_fit(make):
    cell = make()
    sparse = MePropCell(cell, k=2)
    states, wrong = (tuple(np.zeros((rows, 5)) for _ in cell.kind.state_names) for rows in (0, 1))
    sparse.forward(np.zeros((0, 3), np.float32), states)
    grads = sparse.backward(states)
    assert [(grad.shape, grad.dtype) for grad in grads] == [((0, 3), np.float32), *((each.shape, np.float64)
                                                                                  for each in states)]
    x = np.ones((4, 3), np.float32)
    with pytest.raises(ShapeError, match="h0 of shape"):
        sparse.forward(x, wrong)
    with pytest.raises(ShapeError, match="x of shape"):
        sparse.forward(x[0])
    sparse.forward(x)
    with pytest.raises(ShapeError, match="grad_h"):
        sparse.backward(tuple(np.ones((4, 7)) for _ in states))


@pytest.mark.parametrize("unified", [True, False])
def test_few_entries_touch_few_rows_and_go_down(unified):
    cell = LSTMCell(3, 25)
    sparse, dense = MePropCell(cell, k=4, unified=unified), deepcopy(cell)
    x = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)
    for layer in (sparse, dense):
        h, _ = layer.forward(x)
        layer.backward((np.ones_like(h), None))
    assert 4 <= np.count_nonzero(cell.weight_ih.grad.any(axis=1)) <= (4 if unified else 8)
    assert (cell.weight_ih.grad * dense.weight_ih.grad).sum() > 0
    np.testing.assert_allclose(cell.bias_ih.grad, dense.bias_ih.grad, rtol=1e-5)


def test_other_layers_are_refused():
    with pytest.raises(DtypeError, match="expected an RNNCell, LSTMCell or GRUCell, got Linear"):
        MePropCell(Linear(3, 4), 2)
