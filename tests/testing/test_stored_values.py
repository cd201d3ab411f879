"""Sparse inputs in the battery: right layers pass it, wrong ones do not."""

import numpy as np
import pytest
import scipy

from chainrule.layers import SparseLinear
from chainrule.testing import check_layer
from chainrule.testing.stored_values import StoredValues

x = scipy.sparse.csr_array((np.linspace(-1, 2, 6), [1, 4, 1, 0, 2, 2], [0, 2, 2, 5, 6]), shape=(4, 5))


def test_the_function_of_the_stored_values():
    layer = SparseLinear(5, 3).astype(np.float64)
    step = StoredValues(layer, x)
    np.testing.assert_array_equal(step.values, x.data)
    values, grad_out = 2 * x.data, np.ones((4, 3))
    np.testing.assert_array_equal(step.forward(values), layer.forward(2 * x))
    assert isinstance(step.backward(grad_out), np.ndarray) and step.backward(grad_out).shape == (6,)
    assert step.describe((6,)).y_shapes == ((4, 3),)
    np.testing.assert_array_equal(x.data, values / 2)


def test_check_layer_takes_sparse_arrays_of_any_format():
    for sparse in (x, x.tocoo(), scipy.sparse.csr_matrix(x)):
        report = check_layer(SparseLinear(5, 3), sparse)
        assert report.problems == [] and len(report.checked) > 25
        assert str(report).startswith("SparseLinear(5, 3) passes")


class InPlace(SparseLinear):
    def forward(self, x):
        y = super().forward(x)
        x.data *= 2
        return y


class Untransposed(SparseLinear):
    def back(self, x, grad_out, rows_before):
        grad_x = super().back(x, grad_out, rows_before)
        return None if grad_x is None else grad_x * -1


class WithoutRepeats(SparseLinear):
    def backward(self, grad_out):
        grad_x, x = super().backward(grad_out), self.cache
        self.weight.grad[x.indices] -= 1e-3
        return grad_x


@pytest.mark.parametrize(("wrong", "sentence"), [
    (InPlace, "x after forward"), (Untransposed, "grad_x against central differences"),
    (WithoutRepeats, "layer.weight.grad against central differences")])
def test_wrong_ones_are_found(wrong, sentence):
    assert any(problem.startswith(sentence) for problem in check_layer(wrong(5, 3), x).problems)
