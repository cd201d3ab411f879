"""The compiled step of the LSTM gives what its definition gives."""

import numpy as np
import pytest

from chainrule.layers.recurrent.lstm import open_gates, open_gates_back

pytest.importorskip("numba")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 5e-6)])
@pytest.mark.parametrize(("batch", "size"), [(1, 1), (3, 7), (0, 5), (13, 37), (32, 128)])
def test_same_as_definition(batch, size, dtype, tolerance):
    rng = np.random.default_rng(0)

    def draw(*shape):
        return rng.normal(size=shape).astype(dtype)
    gates, hidden, bias, c = draw(batch, 4 * size), draw(batch, 4 * size), draw(4 * size), draw(batch, size)
    grad_m, grad_c = draw(batch, size), draw(batch, size)
    found = []
    for kernel, kernel_back in ((open_gates.twin(), open_gates_back.twin()),
                                (open_gates.definition, open_gates_back.definition)):
        if kernel is None:
            pytest.skip("compiled kernels are switched off")
        opened, c_next, m = gates.copy(), np.empty_like(c), np.empty_like(c)
        kernel(opened, hidden, bias, c, c_next, m)
        grad_gates, grad_old = np.empty_like(gates), grad_c.copy()
        kernel_back(grad_gates, grad_m, grad_old, opened, c, np.tanh(c_next))
        found.append((opened, c_next, m, grad_gates, grad_old))
    for ours, wanted in zip(*found, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kernel", [open_gates, open_gates.definition])
def test_what_is_not_a_number_stays_in_its_column(kernel):
    gates, zeros = np.zeros((2, 12), np.float32), np.zeros((2, 12), np.float32)
    gates[1, 4], gates[0, :] = np.nan, np.inf
    c, c_next, m = np.ones((2, 3), np.float32), np.empty((2, 3), np.float32), np.empty((2, 3), np.float32)
    kernel(gates, zeros, zeros[0], c, c_next, m)
    np.testing.assert_array_equal(c_next, [[2, 2, 2], [0.5, np.nan, 0.5]])
    np.testing.assert_array_equal(np.isnan(m), [[False] * 3, [False, True, False]])
