"""Moments of a rectified Gaussian: against samples, quadrature, limits, and by the battery."""

import numpy as np
import pytest

from chainrule.backprop import MomentReLU
from chainrule.testing import check_layer

scipy = pytest.importorskip("scipy")


def test_passes_the_battery():
    rng = np.random.default_rng(0)
    assert check_layer(MomentReLU(), (5, 3), rng.uniform(0.1, 1, (5, 3))).problems == []


@pytest.mark.parametrize(("mean", "var"), [(0.3, 1.7), (-2.5, 0.8), (-8.0, 1.0), (6.0, 2.0)])
def test_agrees_with_quadrature(mean, var):
    def moment(power):
        return scipy.integrate.quad(lambda x: x**power * np.exp(-(x - mean)**2 / (2 * var)) / np.sqrt(2 * np.pi * var),
                                    0, max(mean, 0) + 12 * var**0.5, epsabs=0, epsrel=1e-12)[0]
    y_mean, y_var = MomentReLU().forward(np.float64(mean), np.float64(var))
    np.testing.assert_allclose(y_mean, moment(1), rtol=1e-9)
    np.testing.assert_allclose(y_var, moment(2) - moment(1)**2, rtol=1e-9)


def test_limits_are_finite():
    layer = MomentReLU()
    mean = np.array([-1e3, -50.0, 50.0, 1e3, 0.0, 2.0])
    var = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    y_mean, y_var = layer.forward(mean, var)
    np.testing.assert_allclose(y_mean, np.maximum(mean, 0), atol=1e-12)
    np.testing.assert_allclose(y_var, [0, 0, 1, 1, 0, 0], atol=1e-12)
    assert all(np.isfinite(grad[:4]).all() for grad in layer.backward((np.ones(6), np.ones(6))))


@pytest.mark.long
def test_agrees_with_two_million_samples():
    """Done when: means to 2e-3, variances to 3e-3."""
    rng = np.random.default_rng(0)
    for mean, var in ((0.3, 1.2), (-1.0, 0.5), (2.0, 0.3), (-0.2, 0.01)):
        y = np.maximum(mean + np.sqrt(var) * rng.normal(size=2_000_000), 0)
        y_mean, y_var = MomentReLU().forward(np.float64(mean), np.float64(var))
        assert abs(y.mean() - y_mean) < 2e-3
        assert abs(y.var() - y_var) < 3e-3
