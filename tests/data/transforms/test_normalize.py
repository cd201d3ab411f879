"""Channels scaled by known numbers."""

import numpy as np
import pytest

from chainrule.data import Normalize
from chainrule.layers.core import ShapeError, ValueRangeError


def test_each_channel_has_its_numbers():
    x = np.random.default_rng(0).random((5, 3, 4, 2))
    mean, std = [0.1, 0.2, 0.3], [1.0, 2.0, 3.0]
    found = Normalize(mean, std)(x)
    for channel in range(3):
        np.testing.assert_allclose(found[:, channel], (x[:, channel] - mean[channel]) / std[channel])


def test_channels_and_numbers_agree():
    with pytest.raises(ShapeError, match=r"shape \(N, 2, ...\), a channel for each mean, got \(5, 3\)"):
        Normalize([0, 0], [1, 1])(np.zeros((5, 3)))
    for mean, std in (([0], [1, 2]), ([0], [0]), ([0], [-1])):
        with pytest.raises(ValueRangeError, match="a std above 0"):
            Normalize(mean, std)
