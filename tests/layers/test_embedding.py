"""Embedding against PyTorch, and the rows that its gradient touches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Embedding, Linear
from chainrule.layers.core import DtypeError, ValueRangeError


@settings(max_examples=60, deadline=None, derandomize=True)
@given(count=st.integers(1, 9), width=st.integers(1, 5), shape=st.lists(st.integers(1, 6), max_size=3), data=st.data(),
       by_frequency=st.booleans(), sparse=st.booleans(), seed=st.integers(0, 99))
def test_agrees_with_torch(count, width, shape, data, by_frequency, sparse, seed):
    torch = pytest.importorskip("torch")
    options = {"padding_idx": data.draw(st.none() | st.integers(-count, count - 1)),
               "max_norm": data.draw(st.none() | st.floats(0.3, 2)),
               "norm_type": data.draw(st.sampled_from([1.0, 2.0, 3.0])),
               "scale_grad_by_freq": by_frequency}
    rng = np.random.default_rng(seed)
    layer, theirs = Embedding(count, width, sparse=sparse, **options).astype(np.float64), \
        torch.nn.Embedding(count, width, **options).double()
    layer.load_state_dict(theirs.state_dict())
    indices = rng.integers(0, count, shape)
    y, expected = layer.forward(indices), theirs(torch.tensor(indices))
    grad_out = rng.normal(size=y.shape)
    expected.backward(torch.tensor(grad_out))
    assert layer.backward(grad_out) is None
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.weight.data, theirs.weight.detach(), rtol=1e-10)
    np.testing.assert_allclose(layer.weight.grad, theirs.weight.grad, rtol=1e-10, atol=1e-12)


def test_sparse_names_the_rows_of_all_passes_and_zeroing_clears_them():
    layer = Embedding(9, 2, sparse=True)
    for indices in ([1, 3, 3], [3, 5]):
        layer.forward(np.array(indices))
        layer.backward(np.ones((len(indices), 2), np.float32))
    assert layer.weight.rows.tolist() == [1, 3, 5] and layer.weight.grad[:, 0].tolist() == [0, 1, 0, 3, 0, 1, 0, 0, 0]
    layer.zero_grad()
    assert not layer.weight.grad.any() and layer.weight.rows is None


def test_a_weight_shared_with_a_dense_layer_is_dense_whoever_comes_first():
    for order in (0, 1):
        embedding, linear = Embedding(5, 3, sparse=True), Linear(3, 5, bias=False)
        linear.weight = embedding.weight
        embedding.forward(np.array([1, 2]))
        linear.forward(np.ones((2, 3), np.float32))
        ways = [lambda e=embedding: e.backward(np.ones((2, 3), np.float32)),
                lambda other=linear: other.backward(np.ones((2, 5), np.float32))]
        for way in (ways if order else ways[::-1]):
            way()
        assert embedding.weight.rows is None
        embedding.zero_grad()
        assert not embedding.weight.grad.any()


def test_forward_mode():
    layer = Embedding(5, 3).astype(np.float64)
    layer.weight.dot = np.random.default_rng(0).normal(size=(5, 3))
    indices = np.array([[1, 4], [4, 0]])
    layer.forward(indices)
    np.testing.assert_array_equal(layer.jvp(None), layer.weight.dot[indices])
    grad_out, grad_out_dot = np.random.default_rng(1).normal(size=(2, 2, 2, 3))
    assert layer.backward_jvp(grad_out, grad_out_dot) == (None, None)
    slow = np.zeros((5, 3))
    for place in np.ndindex(2, 2):
        slow[indices[place]] += grad_out_dot[place]
    np.testing.assert_allclose(layer.weight.grad_dot, slow)


@pytest.mark.parametrize(("indices", "error", "shown"), [
    (np.array([[0, 3], [5, 1]]), ValueRangeError, r"Embedding\(5, 3\) expected indices from 0 to 4, got 5 at \(1, 0\)"),
    (np.array([-1]), ValueRangeError, r"got -1 at \(0,\)"),
    (np.array([1.0]), DtypeError, r"expected indices as a NumPy array of whole numbers, got float64; convert it"),
    ([1], DtypeError, "got list"),
])
def test_what_is_no_row_is_refused(indices, error, shown):
    with pytest.raises(error, match=shown):
        Embedding(5, 3).forward(indices)
