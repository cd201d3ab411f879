"""The compiled step of the GRU gives what its definition gives."""

import numpy as np
import pytest

from chainrule.layers.recurrent.gru import reset_and_mix, reset_and_mix_back

pytest.importorskip("numba")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 5e-6)])
@pytest.mark.parametrize(("batch", "size"), [(1, 1), (3, 7), (0, 5), (13, 37), (64, 64)])
def test_same_as_definition(batch, size, dtype, tolerance):
    rng = np.random.default_rng(0)

    def draw(*shape):
        return rng.normal(size=shape).astype(dtype)
    gates, hidden, bias, new_bias = draw(batch, 3 * size), draw(batch, 3 * size), draw(3 * size), draw(size)
    h, grad_h = draw(batch, size), draw(batch, size)
    found = []
    for kernel, kernel_back in ((reset_and_mix.twin(), reset_and_mix_back.twin()),
                                (reset_and_mix.definition, reset_and_mix_back.definition)):
        if kernel is None:
            pytest.skip("compiled kernels are switched off")
        mixed, a, h_next = gates.copy(), np.empty_like(h), np.empty_like(h)
        kernel(mixed, a, hidden, bias, new_bias, h, h_next)
        grad_gates, grad_hidden, grad_old = np.empty_like(gates), np.empty_like(gates), grad_h.copy()
        kernel_back(grad_gates, grad_hidden, grad_old, mixed, a, h)
        found.append((mixed, a, h_next, grad_gates, grad_hidden, grad_old))
    for ours, wanted in zip(*found, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kernel", [reset_and_mix, reset_and_mix.definition])
def test_what_is_not_a_number_stays_in_its_column(kernel):
    gates, zeros, h = np.zeros((2, 9), np.float32), np.zeros((2, 9), np.float32), np.ones((2, 3), np.float32)
    gates[0, 4], gates[1, 3:6] = np.nan, np.inf
    a, h_next = np.empty_like(h), np.empty_like(h)
    kernel(gates, a, zeros, zeros[0], zeros[0, :3], h, h_next)
    np.testing.assert_array_equal(h_next, [[0.5, np.nan, 0.5], [1, 1, 1]])
