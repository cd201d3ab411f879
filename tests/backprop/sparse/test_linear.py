"""A sparse backward pass: dense when all is propagated, nothing lost when it is remembered, and quick."""

from copy import deepcopy

import numpy as np
import pytest

from chainrule.backprop.sparse import MePropLinear
from chainrule.layers import Linear
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential
from chainrule.optim import SGD


def pair(**options):
    """Return a dense and a sparse layer with the same weights, in float64."""
    dense, sparse = Linear(6, 11).astype(np.float64), MePropLinear(6, 11, **options).astype(np.float64)
    for one, other in zip(sparse.parameters(), dense.parameters(), strict=True):
        one.data = other.data
    return dense, sparse


@pytest.mark.parametrize("memory", [0.0, 0.8])
@pytest.mark.parametrize("unified", [True, False])
@pytest.mark.parametrize("k", [1.0, 11, 500])
def test_all_of_it_is_dense(k, unified, memory):
    dense, sparse = pair(k=k, unified=unified, memory=memory)
    rng = np.random.default_rng(0)
    for _ in range(3):                                      # gradients add
        x, grad = rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 5, 11))
        np.testing.assert_array_equal(sparse.forward(x), dense.forward(x))
        np.testing.assert_allclose(sparse.backward(grad), dense.backward(grad), rtol=1e-12)
    for one, other in zip(sparse.parameters(), dense.parameters(), strict=True):
        np.testing.assert_allclose(one.grad, other.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("unified", [True, False])
def test_nothing_is_lost(unified):
    _, sparse = pair(k=3, unified=unified, memory=0.8)
    rng = np.random.default_rng(0)
    for _ in range(5):
        grad, before = rng.normal(size=(7, 11)), sparse.remembered.data.copy()
        propagated = sparse.choose(grad).dense().sum(axis=0)
        np.testing.assert_allclose(propagated + sparse.remembered.data, grad.sum(axis=0) + 0.8 * before,
                                   rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("unified", [True, False])
def test_gradients_are_those_of_what_is_chosen(unified):
    dense, sparse = pair(k=0.2, unified=unified)
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=(7, 6)), rng.normal(size=(7, 11))
    chosen = sparse.choose(grad).dense()
    assert (np.count_nonzero(chosen, axis=1) == 2).all()
    sparse.forward(x)
    np.testing.assert_allclose(sparse.backward(grad), chosen @ sparse.weight.data, rtol=1e-12)
    np.testing.assert_allclose(sparse.weight.grad, chosen.T @ x, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(sparse.bias.grad, grad.sum(axis=0), rtol=1e-12)
    dense.forward(x)
    dense.backward(grad)
    assert (sparse.weight.grad * dense.weight.grad).sum() > 0       # it still goes down


def test_an_empty_batch_leaves_the_memory():
    _, layer = pair(k=2, memory=0.5)
    layer.forward(np.ones((3, 6)))
    layer.backward(np.random.default_rng(0).normal(size=(3, 11)))
    before = layer.remembered.data.copy()
    layer.forward(np.ones((0, 6)))
    assert layer.backward(np.ones((0, 11))).shape == (0, 6)
    assert before.any() and (layer.remembered.data == before).all()


def test_zeroing_touches_the_rows_alone_and_misses_none():
    _, sparse = pair(k=2)
    rng = np.random.default_rng(0)
    for _ in range(4):
        sparse.zero_grad()
        assert not sparse.weight.grad.any()
        sparse.forward(rng.normal(size=(2, 6)))
        sparse.backward(rng.normal(size=(2, 11)))
        assert set(np.flatnonzero(sparse.weight.grad.any(axis=1))) <= set(sparse.weight.rows)
        assert len(sparse.weight.rows) < 11


def test_shared_with_a_dense_use_all_rows_count():
    _, sparse = pair(k=2)
    x = np.ones((2, 6))
    Linear.forward(sparse, x)
    Linear.backward(sparse, np.ones((2, 11)))
    sparse.backward(np.ones((2, 11)))
    assert sparse.weight.rows is None


def test_frozen_and_first_layers_do_no_work():
    _, sparse = pair(k=2)
    sparse.requires_grad_(False)
    sparse.needs_input_grad = False
    sparse.forward(np.ones((2, 6)))
    assert sparse.backward(np.ones((2, 11))) is None
    assert not sparse.weight.grad.any()


def test_it_trains_and_saves_like_any_other():
    rng = np.random.default_rng(0)
    model = Sequential(MePropLinear(6, 50, k=0.04, memory=0.8, rng=rng), Linear(50, 1, rng=rng))
    optimizer, x = SGD(model.parameters(), lr=0.05), rng.normal(size=(64, 6)).astype(np.float32)
    y, losses = x[:, :1] - x[:, 1:2], []
    for _ in range(200):
        optimizer.zero_grad()
        error = model.forward(x) - y
        losses.append(float((error ** 2).mean()))
        model.backward(2 * error / len(x))
        optimizer.step()
    assert losses[-1] < 0.1 * losses[0]
    copy = deepcopy(model)
    copy.load_state_dict(model.state_dict())
    np.testing.assert_array_equal(copy[0].remembered.data, model[0].remembered.data)
    assert "0.remembered" in model.state_dict()
    assert "remembered" not in MePropLinear(6, 5, k=2).state_dict()


@pytest.mark.parametrize("k", [0, -1, 1.5, 0.0, True])
def test_no_share_and_no_number_is_refused(k):
    with pytest.raises(ValueRangeError, match="a whole number of at least 1, or as a share above 0"):
        MePropLinear(3, 4, k=k)
    with pytest.raises(ValueRangeError, match=r"memory in \[0, 1\]"):
        MePropLinear(3, 4, k=1, memory=1.5)
