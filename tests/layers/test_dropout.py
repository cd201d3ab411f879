"""Dropout: the mask, its scale, and the two modes."""

import numpy as np
import pytest

from chainrule.layers import Dropout
from chainrule.layers.core import ValueRangeError


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
