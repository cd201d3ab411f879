"""The compiled norms give what the definitions give."""

import numpy as np
import pytest

from chainrule.layers.kernels import inner_sums, moments, project, set_num_threads, standardize

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 2e-5)])
@pytest.mark.parametrize("shape", [(1, 7, 13), (5, 3, 1), (6, 37, 1409), (1, 1, 2)])
def test_same_as_definition(shape, dtype, tolerance, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, grad = (rng.standard_normal(shape).astype(dtype) for _ in range(2))
    x += 3
    mean, inv_std, scale, shift = (rng.uniform(0.5, 2, (shape[1], 1)).astype(dtype) for _ in range(4))
    sums = inner_sums.definition(grad, x, mean, inv_std)
    pairs = [*zip(moments(x), moments.definition(x), strict=True),
             (standardize(x, mean, scale, shift), standardize.definition(x, mean, scale, shift)),
             (standardize(x, mean, scale), standardize.definition(x, mean, scale)),
             *zip(inner_sums(grad, x, mean, inv_std), sums, strict=True),
             (project(grad, x, mean, inv_std, scale, sums),
              project.definition(grad, x, mean, inv_std, scale, sums))]
    for ours, wanted in pairs:
        assert ours.shape == wanted.shape and ours.dtype == wanted.dtype
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=tolerance * max(1, np.abs(wanted).max()))


def test_moments_far_from_zero_keep_their_digits():
    x = (1e4 + np.random.default_rng(0).standard_normal((7, 2, 501))).astype(np.float32)
    mean, var = moments(x)
    np.testing.assert_allclose(var[:, 0], x.astype(np.float64).var(axis=(0, 2)), rtol=2e-3)
    np.testing.assert_allclose(mean[:, 0], x.astype(np.float64).mean(axis=(0, 2)), rtol=1e-6)
