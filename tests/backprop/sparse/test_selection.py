"""The largest entries, of every row or of the batch, and products with them."""

import numpy as np
import pytest

from chainrule.backprop.sparse import select
from chainrule.layers.core import Parameter


@pytest.mark.parametrize("k", [1, 4, 7, 9])
def test_rows_keep_their_largest(k):
    grad = np.random.default_rng(0).normal(size=(5, 7))
    dense = select(grad, k, unified=False).dense()
    for row, kept in zip(grad, dense, strict=True):
        wanted = np.sort(np.abs(row))[::-1][:k]
        np.testing.assert_array_equal(np.sort(np.abs(kept[kept != 0]))[::-1], wanted)
        assert set(kept[kept != 0]) <= set(row)


def test_unified_keeps_the_columns_with_the_largest_sums():
    grad = np.random.default_rng(0).normal(size=(5, 7))
    dense = select(grad, 3, unified=True).dense()
    columns = np.argsort(-np.abs(grad).sum(axis=0))[:3]
    np.testing.assert_array_equal(dense[:, columns], grad[:, columns])
    assert np.count_nonzero(dense.any(axis=0)) == 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("unified", [True, False])
def test_products_are_those_of_the_dense_gradient(unified, dtype):
    rng = np.random.default_rng(0)
    grad, weight, x = (rng.normal(size=size).astype(dtype) for size in ((5, 11), (11, 3), (5, 3)))
    chosen, parameter = select(grad, 4, unified), Parameter(np.zeros((11, 3)), dtype=dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(chosen.times(weight), chosen.dense() @ weight, rtol=tolerance, atol=tolerance)
    chosen.add_outer(parameter, x, np.array([2]))
    np.testing.assert_allclose(parameter.grad, chosen.dense().T @ x, rtol=tolerance, atol=tolerance)
    assert set(parameter.rows) == {2} | set(np.flatnonzero(chosen.dense().any(axis=0)))
    chosen.add_outer(parameter, x, None)
    assert parameter.rows is None
    np.testing.assert_allclose(parameter.grad, 2 * chosen.dense().T @ x, rtol=tolerance, atol=tolerance)
