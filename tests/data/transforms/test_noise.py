"""Noise added to samples."""

import numpy as np
import pytest

from chainrule.data import PixelNoise
from chainrule.layers.core import ValueRangeError


def test_mean_and_deviation():
    x = np.full((200, 50), 5.0)
    noise = PixelNoise(mean=0.3, sigma=0.2, clip=False)(x, rng=np.random.default_rng(0)) - x
    assert abs(noise.mean() - 0.3) < 0.01 and abs(noise.std() - 0.2) < 0.01


def test_clipped_to_what_pixels_are():
    x = np.random.default_rng(0).random((50, 3, 4, 4), np.float32)
    found = PixelNoise(sigma=1.0)(x)
    assert found.min() == 0 and found.max() == 1


def test_a_deviation_is_not_negative():
    with pytest.raises(ValueRangeError, match="PixelNoise expected sigma"):
        PixelNoise(sigma=-1)
