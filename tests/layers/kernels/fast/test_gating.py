"""The compiled gate gives what its definition gives, to the bit."""

import numpy as np
import pytest

from chainrule.layers.kernels import gate, rectify, set_num_threads

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (601, 37, 23)])
def test_same_as_definition(shape, dtype, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, v = (np.asarray(rng.standard_normal(shape), dtype) for _ in range(2))
    assert np.array_equal(rectify(x), rectify.definition(x)) and rectify(x).dtype == dtype
    is_open = x > 0
    assert np.array_equal(gate(v, is_open), gate.definition(v, is_open)) and gate(v, is_open).shape == shape
    assert np.array_equal(gate(v.T, is_open.T), gate.definition(v, is_open).T)


@pytest.mark.parametrize("kernel", [gate, gate.definition])
def test_what_is_not_finite_passes_an_open_gate_only(kernel):
    assert np.isnan(rectify(np.array([np.nan, -1.0]))[0])
    v, is_open = np.array([np.nan, np.inf, -1.0, np.nan, np.inf]), np.array([True, True, True, False, False])
    assert np.array_equal(kernel(v, is_open), [np.nan, np.inf, -1, 0, 0], equal_nan=True)
