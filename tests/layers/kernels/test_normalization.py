"""Standardising channels against NumPy's own statistics, in parts of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import inner_sums, moments, normalization, project, standardize


@pytest.fixture(params=[1, 300, 1 << 19], ids="room of {} bytes".format)
def room(request, monkeypatch):
    monkeypatch.setattr(normalization, "_ROOM", request.param)


@pytest.mark.usefixtures("room")
class TestInPartsOfAnySize:
    """The same numbers whether one row is worked on at a time or everything at once."""

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(shape=st.tuples(*[st.integers(1, 6)] * 3), seed=st.integers(0, 99))
    def test_statistics_and_sums(self, shape, seed):
        rng = np.random.default_rng(seed)
        x, grad = rng.normal(size=(2, *shape))
        scale, shift = rng.normal(size=(2, shape[1], 1))
        mean, var = moments(x)
        np.testing.assert_allclose(mean[:, 0], x.mean(axis=(0, 2)), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(var[:, 0], x.var(axis=(0, 2)), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(standardize(x, mean, scale, shift), (x - mean) * scale + shift, rtol=1e-12)
        plain, product = inner_sums(grad, x, mean, scale)
        np.testing.assert_allclose(plain[:, 0], grad.sum(axis=(0, 2)), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(product[:, 0], (grad * (x - mean) * scale).sum(axis=(0, 2)), rtol=1e-10, atol=1e-12)

    def test_the_projection_is_the_jacobian_and_symmetric(self):
        rng = np.random.default_rng(0)
        x, v, w = rng.normal(size=(3, 4, 3, 5))

        def x_hat(at):
            return (at - at.mean((0, 2), keepdims=True)) / np.sqrt(at.var((0, 2), keepdims=True) + 1e-3)

        mean, var = moments(x)
        inv_std = 1 / np.sqrt(var + 1e-3)
        along_v, along_w = (project(each, x, mean, inv_std, inv_std, inner_sums(each, x, mean, inv_std))
                            for each in (v, w))
        np.testing.assert_allclose((w * along_v).sum(), (v * along_w).sum(), rtol=1e-12)
        step = 1e-6
        np.testing.assert_allclose(along_v, (x_hat(x + step * v) - x_hat(x - step * v)) / (2 * step), atol=1e-8)


def test_a_large_mean_costs_no_digits():
    x = (np.random.default_rng(0).normal(size=(8, 2, 500)) + 1000).astype(np.float32)
    mean, var = moments(x)
    np.testing.assert_allclose(var[:, 0], x.astype(np.float64).var(axis=(0, 2)), rtol=1e-4)
    assert mean.dtype == var.dtype == np.float32
