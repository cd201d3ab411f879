"""Noise in training, nothing in evaluation."""

import numpy as np
import pytest

from chainrule.layers import GaussianNoise
from chainrule.layers.core import ValueRangeError


def test_the_noise_has_the_named_deviation_and_lets_the_gradient_through():
    layer = GaussianNoise(0.3, rng=np.random.default_rng(0))
    x = np.ones((200, 201), np.float32)
    noise = layer.forward(x) - x
    assert noise.dtype == np.float32 and abs(noise.std() - 0.3) < 0.005 and abs(noise.mean()) < 0.005
    np.testing.assert_array_equal(layer.backward(2 * x), 2 * x)


def test_evaluation_hands_on_the_input():
    x = np.ones(3)
    layer = GaussianNoise().eval()
    assert layer.forward(x) is x and layer.describe((3,)).views == (0,)


def test_a_negative_deviation_is_refused():
    with pytest.raises(ValueRangeError, match="GaussianNoise expected std in"):
        GaussianNoise(-1)
