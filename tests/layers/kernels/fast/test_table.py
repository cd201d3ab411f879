"""The compiled table gives what the definition gives, on any number of threads."""

import numpy as np
import pytest

from chainrule.layers.kernels import add_at, set_num_threads

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("count", [0, 1, 4001])
@pytest.mark.parametrize("shared", [False, True])
def test_same_as_definition(shared, count, dtype, tolerance, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    table, rows = np.zeros((57, 71), dtype), rng.normal(size=(count, 71)).astype(dtype)
    indices, shares = rng.integers(0, 57, count), rng.random(count) if shared else None
    wanted = table.copy()
    add_at.definition(wanted, indices, rows, shares)
    add_at(table, indices, rows, shares)
    np.testing.assert_allclose(table, wanted, rtol=tolerance, atol=20 * tolerance)
