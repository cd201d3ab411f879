"""Grad-CAM by its formula, written out for a network whose gradients are known."""

import numpy as np
import pytest

import chainrule
from chainrule.analysis.saliency import grad_cam, guided_backprop, guided_grad_cam
from chainrule.layers import Conv2d, Flatten, Linear, ReLU
from chainrule.layers.core import ShapeError, UnknownNameError
from chainrule.models import Sequential


def by_hand(maps, weight):
    """Return the rectified sum of maps, each times the mean gradient of the score at it."""
    return np.maximum(sum(weight[channel].mean() * maps[channel] for channel in range(len(maps))), 0)


@pytest.fixture
def flat():
    """A network whose scores are linear in its last maps, as large as the image."""
    chainrule.manual_seed(3)
    return Sequential(Conv2d(2, 4, 3, padding=1), ReLU(), Flatten(), Linear(4 * 5 * 6, 3)).astype(np.float64)


def test_it_is_the_formula(flat):
    x = np.random.default_rng(0).normal(size=(2, 2, 5, 6))
    maps = flat[:2].forward(x)
    found = grad_cam(flat, x, np.array([2, 0]))
    assert found.shape == x.shape and found.max() > 0
    for sample, label in enumerate((2, 0)):
        wanted = by_hand(maps[sample], flat[3].weight.data[label].reshape(4, 5, 6))
        np.testing.assert_allclose(found[sample], np.stack([wanted, wanted]), atol=1e-12)
    np.testing.assert_allclose(guided_grad_cam(flat, x, 1), grad_cam(flat, x, 1) * guided_backprop(flat, x, 1))


def test_any_layer_may_be_looked_at(flat):
    x = np.random.default_rng(1).normal(size=(1, 2, 5, 6))
    maps = flat[:1].forward(x)[0]
    gradient = flat[3].weight.data[1].reshape(4, 5, 6) * (maps > 0)
    np.testing.assert_allclose(grad_cam(flat, x, 1, layer="0")[0, 0], by_hand(maps, gradient), atol=1e-12)


def test_small_maps_are_enlarged(model, x):
    assert grad_cam(model, x, 1).shape == x.shape


def test_what_has_no_maps(flat):
    x = np.ones((1, 2, 5, 6))
    with pytest.raises(UnknownNameError, match="layer with feature maps for grad_cam"):
        grad_cam(flat, x, 0, layer="7")
    with pytest.raises(ShapeError, match="Conv2d, got none"):
        grad_cam(Sequential(Flatten(), Linear(60, 2)), x.astype(np.float32), 0)
