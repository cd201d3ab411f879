"""Moments through an affine map with random weights: against samples, and by the battery."""

import numpy as np
import pytest

from chainrule.backprop import MomentLinear
from chainrule.layers.core import ShapeError
from chainrule.testing import check_layer


def test_passes_the_battery():
    rng = np.random.default_rng(0)
    assert check_layer(MomentLinear(3, 2), (5, 3), rng.uniform(0.1, 1, (5, 3))).problems == []


@pytest.mark.long
def test_agrees_with_two_million_samples():
    """Done when: means to 2e-3, variances to 3e-3."""
    rng = np.random.default_rng(0)
    layer = MomentLinear(4, 3).astype(np.float64)
    layer.variance.data = rng.uniform(0.01, 0.3, layer.variance.shape)
    mean, var = rng.normal(size=(1, 4)), rng.uniform(0, 0.5, (1, 4))
    y_mean, y_var = layer.forward(mean, var)
    x = np.concatenate([mean + np.sqrt(var) * rng.normal(size=(2_000_000, 4)), np.ones((2_000_000, 1))], axis=1)
    for output in range(3):
        weights = layer.weight.data[output] + np.sqrt(layer.variance.data[output]) * rng.normal(size=x.shape)
        y = (weights * x).sum(axis=1) / np.sqrt(5)
        assert abs(y.mean() - y_mean[0, output]) < 2e-3
        assert abs(y.var() - y_var[0, output]) < 3e-3


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"MomentLinear\(3, 2\) expected x_var of shape \(5, 3\), got \(4, 3\)"):
        MomentLinear(3, 2).forward(np.zeros((5, 3)), np.zeros((4, 3)))
