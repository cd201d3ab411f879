"""What whitening and denoising share: running statistics, groups, and what is refused."""

import numpy as np
import pytest

from chainrule.layers import PCADenoising, ZCAWhitening
from chainrule.layers.core import ShapeError, ValueRangeError


def test_running_statistics_are_used_in_evaluation():
    rng = np.random.default_rng(0)
    x = rng.normal(2, 3, size=(40, 3, 5))
    layer = ZCAWhitening(3, momentum=1.0).astype(np.float64)
    y = layer.forward(x)
    np.testing.assert_allclose(layer.eval().forward(x), y)
    np.testing.assert_allclose(layer.forward(x[:1]), y[:1])


def test_groups_are_mixed_alone():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(9, 4)) @ rng.normal(size=(4, 4))
    for make in (ZCAWhitening, lambda *sizes: PCADenoising(*sizes, components=1)):
        together = make(4, 2).forward(x)
        apart = [make(2, 1).forward(x[:, part]) for part in (slice(2), slice(2, 4))]
        np.testing.assert_allclose(together, np.concatenate(apart, axis=1), rtol=1e-5)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueRangeError, match="ZCAWhitening expected num_groups that divides num_features 4, got 3"):
        ZCAWhitening(4, 3)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 4, L0\), got \(2, 5, 3\)"):
        ZCAWhitening(4).forward(np.zeros((2, 5, 3)))
    with pytest.raises(ValueRangeError, match="expected more than one value per channel to take statistics of"):
        ZCAWhitening(4).forward(np.zeros((1, 4)))
    for components in (0, 3, 2.5, True):
        with pytest.raises(ValueRangeError, match="expected components as a whole number up to 2"):
            PCADenoising(4, 2, components=components)
