"""Occlusion of a linear network is known exactly; patches, strides and borders by slow loops."""

import numpy as np
import pytest

from chainrule.analysis.saliency import occlusion
from chainrule.layers import Flatten, Linear
from chainrule.layers.core import ValueRangeError
from chainrule.models import Sequential


def test_single_inputs_of_a_linear_network_fall_by_what_they_give():
    model, x = Sequential(Linear(5, 3)).astype(np.float64), np.random.default_rng(0).normal(size=(4, 5))
    np.testing.assert_allclose(occlusion(model, x, 2), x * model[0].weight.data[2], atol=1e-12)
    np.testing.assert_allclose(occlusion(model, x, 2, value=0.5), (x - 0.5) * model[0].weight.data[2], atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), [(2, 1), (3, 2), (2, 3), (9, 1)])
def test_patches_by_slow_loops(size, stride):
    model = Sequential(Flatten(), Linear(2 * 5 * 6, 3)).astype(np.float64)
    x = np.random.default_rng(1).normal(size=(1, 2, 5, 6))
    weight, fallen, times = model[1].weight.data[1].reshape(2, 5, 6), np.zeros((5, 6)), np.zeros((5, 6))
    starts = [sorted({*range(0, max(side - size, 0) + 1, stride), max(side - size, 0)}) for side in (5, 6)]
    for top in starts[0]:
        for left in starts[1]:
            patch = (slice(top, top + size), slice(left, left + size))
            fallen[patch] += (weight * x[0])[(slice(None), *patch)].sum()
            times[patch] += 1
    wanted = fallen / np.maximum(times, 1)
    np.testing.assert_allclose(occlusion(model, x, 1, size, stride)[0], np.stack([wanted, wanted]), atol=1e-12)


def test_wrong_arguments(model, x):
    with pytest.raises(ValueRangeError, match="stride"):
        occlusion(model, x, 0, stride=0)
