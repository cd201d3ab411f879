"""SparseLinear against Linear, torch.sparse.mm and torch's weighted bags."""

from functools import partial

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import train_test_split
from chainrule.layers import IndexLinear, Linear, SparseLinear
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam, SparseAdam


def rows_of(rng, shape=(5, 9), density=0.4):
    return scipy.sparse.random_array(shape, density=density, random_state=rng, data_sampler=rng.normal).tocsr()


def pair(inputs, outputs, bias=True):
    """Return a SparseLinear and a Linear with the same numbers, in float64."""
    ours, dense = (kind(inputs, outputs, bias).astype(np.float64) for kind in (SparseLinear, Linear))
    ours.weight.data = dense.weight.data.T
    if bias:
        ours.bias.data = dense.bias.data
    return ours, dense


@settings(max_examples=40, deadline=None)
@given(rows=st.integers(0, 6), inputs=st.integers(1, 9), outputs=st.integers(1, 4), bias=st.booleans(),
       density=st.floats(0, 1), seed=st.integers(0, 99))
def test_agrees_with_linear(rows, inputs, outputs, bias, density, seed):
    rng = np.random.default_rng(seed)
    x = rows_of(rng, (rows, inputs), density)
    ours, dense = pair(inputs, outputs, bias)
    grad_out = rng.normal(size=(rows, outputs))
    np.testing.assert_allclose(ours.forward(x), dense.forward(x.toarray()), atol=1e-12)
    grad_x, expected = ours.backward(grad_out), dense.backward(grad_out)
    np.testing.assert_allclose(ours.weight.grad, dense.weight.grad.T, atol=1e-12)
    np.testing.assert_allclose(grad_x.toarray(), np.where(x.toarray() != 0, expected, 0), atol=1e-12)
    if bias:
        np.testing.assert_allclose(ours.bias.grad, dense.bias.grad, atol=1e-12)
    np.testing.assert_array_equal(grad_x.indices, x.indices)
    np.testing.assert_array_equal(grad_x.indptr, x.indptr)


def test_agrees_with_torch():
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(0)
    x, (ours, _) = rows_of(rng), pair(9, 4)
    weight, bias = (torch.tensor(each.data, requires_grad=True) for each in (ours.weight, ours.bias))
    grad_out = rng.normal(size=(5, 4))
    entries = x.tocoo()
    values = torch.tensor(entries.data, requires_grad=True)
    product = torch.sparse.mm(torch.sparse_coo_tensor(np.stack(entries.coords), values, x.shape,
                                                      check_invariants=True), weight) + bias
    product.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(ours.forward(x), product.detach(), rtol=1e-10)
    grad_x = ours.backward(grad_out)
    for mine, theirs in ((ours.weight.grad, weight.grad), (ours.bias.grad, bias.grad), (grad_x.data, values.grad)):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12)
    bags = torch.nn.functional.embedding_bag(torch.tensor(x.indices, dtype=torch.int64), weight,
                                             torch.tensor(x.indptr[:-1], dtype=torch.int64), mode="sum",
                                             per_sample_weights=torch.tensor(x.data)) + bias
    np.testing.assert_allclose(ours.forward(x), bags.detach(), rtol=1e-10)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("old", [False, True])
def test_every_sparse_format_will_do(kind, old):
    x = rows_of(np.random.default_rng(0))
    layer, _ = pair(9, 3)
    expected = layer.forward(x)
    other = getattr(scipy.sparse, f"{kind}_{'matrix' if old else 'array'}")(x)
    before = other.toarray()
    y = layer.forward(other)
    assert type(y) is np.ndarray
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    np.testing.assert_allclose(layer.backward(np.ones((5, 3))).toarray(),
                               np.where(before != 0, layer.weight.data.sum(axis=1), 0), rtol=1e-12)
    np.testing.assert_array_equal(other.toarray(), before)


def test_only_the_rows_of_the_batch_are_touched_and_named():
    layer = SparseLinear(1000, 2)
    for features in ([3, 700], [700, 41]):
        layer.forward(scipy.sparse.csr_array((np.ones(2, np.float32), features, [0, 2]), shape=(1, 1000)))
        layer.backward(np.ones((1, 2), np.float32))
    assert layer.weight.rows.tolist() == [3, 41, 700] == np.flatnonzero(layer.weight.grad.any(axis=1)).tolist()
    before = layer.weight.data.copy()
    optimizer = SparseAdam([layer.weight], lr=0.1)
    optimizer.step()
    assert np.flatnonzero((layer.weight.data != before).any(axis=1)).tolist() == [3, 41, 700]
    layer.zero_grad()
    assert not layer.weight.grad.any()
    layer.weight.grad = np.ones((1000, 2))
    layer.forward(scipy.sparse.csr_array((1, 1000), dtype=np.float32))
    layer.backward(np.ones((1, 2), np.float32))
    assert layer.weight.rows is None            # others have a gradient, too


def test_inside_a_network_nothing_needs_the_gradient_of_the_data():
    x = rows_of(np.random.default_rng(0)).astype(np.float32)
    net = Sequential(SparseLinear(9, 3), Linear(3, 2))
    net.forward(x)
    assert net.backward(np.ones((5, 2), np.float32)).dtype == np.float32
    net.needs_input_grad = False
    assert net.backward(np.ones((5, 2), np.float32)) is None


@pytest.mark.parametrize("kind", [SparseLinear, partial(IndexLinear, max_normalize=True)])
def test_bags_of_words_are_told_apart(kind):
    """Three topics, each with fifty words of its own among five thousand; a text is thirty words, most of them any."""
    rng = np.random.default_rng(0)
    topic = rng.integers(0, 3, 600)
    own, any_word = topic[:, None] * 50 + rng.integers(0, 50, (600, 30)), rng.integers(0, 5000, (600, 30))
    words = np.where(rng.random((600, 30)) < 0.3, own, any_word)
    x = scipy.sparse.csr_array((np.ones(words.size, np.float32), words.ravel(), np.arange(0, words.size + 1, 30)),
                               shape=(600, 5000))
    x_train, x_test, y_train, y_test = train_test_split(x, topic, rng=rng, stratify=topic)
    model = Sequential(kind(5000, 3))
    model.fit(x_train, y_train, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters(), lr=0.01), epochs=10,
              validation_data=(x_test, y_test), rng=rng, verbose=0)
    assert model.evaluate(x_test, y_test, loss=CrossEntropyLoss(), metrics=["accuracy"])["accuracy"] > 0.95
    assert model.predict(x_test).shape == (150, 3)


def test_what_is_refused_and_how_to_mend_it():
    layer = SparseLinear(5, 3)
    with pytest.raises(DtypeError, match=r"SparseLinear\(5, 3\) expected x as a SciPy sparse array, got a dense array; "
                                         r"use Linear"):
        layer.forward(np.ones((2, 5), np.float32))
    with pytest.raises(DtypeError, match="got list"):
        layer.forward([[1.0]])
    with pytest.raises(DtypeError, match=r"floating-point dtype, got int64; convert it with x.astype\(np.float32\)"):
        layer.forward(scipy.sparse.csr_array(np.ones((2, 5), np.int64)))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 5\), got \(2, 4\)"):
        layer.forward(scipy.sparse.csr_array((2, 4), dtype=np.float32))
    with pytest.raises(ValueRangeError, match="SparseLinear expected in_features"):
        SparseLinear(0, 3)
    layer.forward(scipy.sparse.csr_array((2, 5), dtype=np.float32))
    with pytest.raises(ShapeError, match=r"expected grad_out of shape \(2, 3\), got \(3, 2\)"):
        layer.backward(np.ones((3, 2), np.float32))
