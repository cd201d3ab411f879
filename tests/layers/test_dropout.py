"""Dropout: the mask, its scale, and the two modes."""

import numpy as np
import pytest

from chainrule import layers
from chainrule.layers import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout
from chainrule.layers.core import ShapeError, ValueRangeError


def test_survivors_are_scaled_and_the_gradient_passes_the_same_mask(agrees):
    torch = pytest.importorskip("torch")
    layer = Dropout(0.3, rng=np.random.default_rng(0))
    x, grad_out = np.random.default_rng(1).normal(size=(2, 50, 40))
    y = layer.forward(x)
    mask = torch.tensor(layer.cache.mask)
    tensor = torch.tensor(x, requires_grad=True)
    expected = tensor * mask / 0.7
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-12)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_share_left_out_and_the_expected_value_are_right(p):
    y = Dropout(p, rng=np.random.default_rng(0)).forward(np.ones((300, 301)))
    assert abs((y == 0).mean() - p) < 0.01 and abs(y.mean() - 1) < 0.03


@pytest.mark.parametrize(("p", "value"), [(0.0, 1.0), (1.0, 0.0)])
def test_the_ends(p, value):
    layer = Dropout(p)
    assert (layer.forward(np.ones(5)) == value).all() and (layer.backward(np.ones(5)) == value).all()


def test_the_way_back_follows_the_mode_of_the_forward_pass():
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    x = np.ones(100, np.float32)
    y = layer.forward(x)
    np.testing.assert_array_equal(layer.eval().backward(x), y)
    assert layer.forward(x) is x
    np.testing.assert_array_equal(layer.train().backward(x), x)


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_impossible_rates_are_refused(p):
    with pytest.raises(ValueRangeError, match=r"Dropout expected p in \[0, 1\]"):
        Dropout(p)


@pytest.mark.parametrize(("layer", "shape", "mask_shape"), [
    (Dropout1d(0.5), (4, 5, 6), (4, 5, 1)), (Dropout1d(0.5), (5, 6), (5, 1)),
    (Dropout2d(0.5), (4, 5, 6, 7), (4, 5, 1, 1)), (Dropout2d(0.5), (4, 5, 6), (4, 5, 1)),
    (Dropout3d(0.5), (2, 3, 4, 5, 6), (2, 3, 1, 1, 1)), (Dropout3d(0.5), (7, 4, 5, 6), (7, 1, 1, 1)),
    (FeatureAlphaDropout(0.5), (4, 5, 6), (4, 5, 1)), (AlphaDropout(0.5), (4, 5), (4, 5)),
])
def test_whole_channels_go_together_and_torch_agrees_given_the_mask(layer, shape, mask_shape):
    torch = pytest.importorskip("torch")
    x, grad_out = np.random.default_rng(1).normal(size=(2, *shape))
    y = layer.forward(x)
    assert layer.cache.mask.shape == mask_shape and 0 < layer.cache.mask.mean() < 1
    tensor, mask = torch.tensor(x, requires_grad=True), torch.tensor(layer.cache.mask).double()
    if "Alpha" in type(layer).__name__:
        low = -1.0507009873554805 * 1.6732632423543772
        a = (0.5 + low**2 * 0.5 * 0.5) ** -0.5                          # the paper's q + alpha'**2 q (1 - q)
        expected = a * (tensor * mask + low * (1 - mask)) - a * 0.5 * low
    else:
        expected = tensor * mask / 0.5
    expected.backward(torch.tensor(grad_out))
    np.testing.assert_allclose(y, expected.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(layer.backward(grad_out), tensor.grad, rtol=1e-10)


def test_alpha_dropout_keeps_mean_and_variance():
    y = AlphaDropout(0.3, rng=np.random.default_rng(0)).forward(np.random.default_rng(1).normal(size=200_000))
    assert abs(y.mean()) < 0.02 and abs(y.var() - 1) < 0.03


@pytest.mark.parametrize("name", ["Dropout1d", "Dropout2d", "Dropout3d"])
def test_what_has_no_channels_is_refused(name):
    with pytest.raises(ShapeError, match=rf"{name}\(\) expected x with . or . axes, got \(3,\)"):
        getattr(layers, name)().forward(np.ones(3))
