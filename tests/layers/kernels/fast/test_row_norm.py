"""The compiled norms of rows give what their definitions give."""

import numpy as np
import pytest

from chainrule.layers.kernels import normalize_rows, normalize_rows_back, set_num_threads

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("shape", [(1, 2), (7, 5), (0, 3), (1701, 131)])
@pytest.mark.parametrize(("affine", "centered"), [(True, True), (False, True), (True, False)])
def test_same_as_definition(affine, centered, shape, dtype, tolerance, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, grad = (rng.normal(size=shape).astype(dtype) + 3 for _ in range(2))
    weight, bias = (rng.normal(size=shape[1]).astype(dtype) if affine else None for _ in range(2))
    ours = normalize_rows(x, weight, bias, 1e-3, centered)
    wanted = normalize_rows.definition(x, weight, bias, 1e-3, centered)
    _, mean, inv_std = wanted
    ours += normalize_rows_back(grad, x, mean, inv_std, weight, centered)
    wanted += normalize_rows_back.definition(grad, x, mean, inv_std, weight, centered)
    for mine, theirs in zip(ours, wanted, strict=True):
        assert mine.shape == theirs.shape and mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * max(1, np.abs(theirs).max(initial=0)))
