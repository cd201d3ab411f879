"""IndexLinear: SparseLinear on what it scales, and a running maximum that a loop over the values confirms."""

import numpy as np
import pytest
import scipy

from chainrule.layers import IndexLinear, SparseLinear
from chainrule.layers.core import ShapeError
from chainrule.testing import check_layer


def batches(count=3, seed=0):
    rng = np.random.default_rng(seed)
    return [scipy.sparse.random_array((6, 8), density=0.4, random_state=rng, data_sampler=rng.normal).tocsr()
            for _ in range(count)]


def twins(**options):
    ours, plain = (kind(8, 3, **more).astype(np.float64) for kind, more in ((IndexLinear, options), (SparseLinear, {})))
    plain.load_state_dict({name: value for name, value in ours.state_dict().items() if name != "running_max"})
    return ours, plain


def test_as_they_come_it_is_sparse_linear():
    ours, plain = twins()
    assert list(ours.state_dict()) == list(plain.state_dict())
    (x,), grad_out = batches(1), np.random.default_rng(1).normal(size=(6, 3))
    np.testing.assert_array_equal(ours.forward(x), plain.forward(x))
    np.testing.assert_array_equal(ours.backward(grad_out).toarray(), plain.backward(grad_out).toarray())
    np.testing.assert_array_equal(ours.weight.grad, plain.weight.grad)


def test_keys_values_and_offsets_are_rows():
    torch = pytest.importorskip("torch")
    ours, _ = twins()
    keys, values, offsets = np.array([5, 0, 7, 5]), np.array([1.5, -2.0, 0.3, 4.0]), np.array([0, 2, 2])
    x = scipy.sparse.csr_array((values, keys, [*offsets, len(keys)]), shape=(3, 8))
    bags = torch.nn.functional.embedding_bag(torch.tensor(keys), torch.tensor(ours.weight.data), torch.tensor(offsets),
                                             mode="sum", per_sample_weights=torch.tensor(values))
    np.testing.assert_allclose(ours.forward(x), bags.numpy() + ours.bias.data, rtol=1e-12)


def test_scaled_rows_are_those_of_a_loop_over_the_values():
    ours, plain = twins(max_normalize=True)
    largest = np.zeros(8)
    for x in batches():
        dense = x.toarray()
        for row, feature in zip(*np.nonzero(dense), strict=True):
            largest[feature] = max(largest[feature], abs(dense[row, feature]))
        scaled = np.divide(dense, largest, out=np.zeros_like(dense), where=largest > 0)
        np.testing.assert_allclose(ours.forward(x), plain.forward(scipy.sparse.csr_array(scaled)), rtol=1e-12)
        np.testing.assert_array_equal(ours.running_max.data, largest)
    (x,) = batches(1, seed=5)
    x = 3 * x
    clipped = np.clip(np.divide(x.toarray(), largest, out=np.sign(x.toarray()), where=largest > 0), -1, 1)
    np.testing.assert_allclose(ours.eval().forward(x), plain.forward(scipy.sparse.csr_array(clipped)), rtol=1e-12)
    np.testing.assert_array_equal(ours.running_max.data, largest)


def test_the_scale_of_a_feature_does_not_matter():
    ours, _ = twins(max_normalize=True)
    other, _ = twins(max_normalize=True)
    other.load_state_dict(ours.state_dict())
    units = scipy.sparse.diags_array(10.0 ** np.arange(-4, 4))
    for x in batches():
        np.testing.assert_allclose(other.forward(x @ units), ours.forward(x), rtol=1e-12)
        grad_out = np.ones((6, 3))
        np.testing.assert_allclose((other.backward(grad_out) @ units).toarray(), ours.backward(grad_out).toarray(),
                                   atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_gradients_in_both_modes(seed):
    (x,) = batches(1, seed)
    assert check_layer(IndexLinear(8, 3, max_normalize=True), x, seed=seed).problems == []


def test_counts_of_one_and_stored_zeros_have_finite_gradients():
    layer = IndexLinear(4, 2, max_normalize=True)
    ones = scipy.sparse.csr_array((np.array([1, 1, 1, 0], np.float32), [0, 1, 0, 3], [0, 2, 4]), shape=(2, 4))
    for mode in (True, False):
        y = layer.train(mode).forward(ones)
        grad_x = layer.backward(np.ones((2, 2), np.float32))
        assert np.isfinite(y).all() and grad_x.dtype == np.float32
        np.testing.assert_array_equal(grad_x.data, 0)       # |x_hat| is 1 whatever x is, or was never seen


def test_it_refuses_what_sparse_linear_refuses():
    with pytest.raises(ShapeError, match=r"IndexLinear\(8, 3, max_normalize=True\) expected x of shape \(N, 8\)"):
        IndexLinear(8, 3, max_normalize=True).forward(scipy.sparse.csr_array((2, 4), dtype=np.float32))
