"""Norms over channels against a slow loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.layers import FeatureLPPooling
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.testing import check_layer


def slow(x, width, stride, power, axis):
    """Return output and gradient of the sum of all outputs, one output after the other."""
    moved = np.moveaxis(x, axis, 0)
    y, grad = [], np.zeros_like(moved)
    for start in range(0, len(moved) - width + 1, stride):
        values = moved[start:start + width]
        norm = (values**power).sum(axis=0)**(1 / power)
        y.append(norm)
        grad[start:start + width] += np.where(norm > 0, (values / np.where(norm > 0, norm, 1))**(power - 1), 0)
    return np.moveaxis(np.array(y), 0, axis), np.moveaxis(grad, 0, axis)


@given(width=st.integers(2, 16), stride=st.integers(1, 4), power=st.sampled_from([2, 3, 4, 1.5]),
       extra=st.integers(0, 5), trailing=st.integers(0, 2), batch=st.booleans())
def test_agrees_with_a_loop(width, stride, power, extra, trailing, batch):
    x = np.random.default_rng(0).uniform(0.1, 2, (*(3,) * batch, width + extra, *(2, 5)[:trailing]))
    layer = FeatureLPPooling(width, stride, power, batch_mode=batch)
    y, grad = slow(x, width, stride, power, int(batch))
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-12)
    np.testing.assert_allclose(layer.backward(np.ones_like(y)), grad, rtol=1e-12)
    assert layer.describe(x.shape).y_shapes == (y.shape,)
    assert layer.describe(x.shape).multiply_adds == y.size * width


@pytest.mark.parametrize(("layer", "shape"), [
    (FeatureLPPooling(2), (3, 5)), (FeatureLPPooling(3, 2, 4), (2, 8, 3)), (FeatureLPPooling(16, 4), (2, 21, 2))])
def test_gradients_hold(layer, shape):
    assert check_layer(layer, shape).problems == []


def test_where_y_is_zero_the_gradient_is():
    layer = FeatureLPPooling(2, 2)
    layer.forward(np.array([[0.0, 0.0, 3.0, 4.0]]))
    np.testing.assert_allclose(layer.backward(np.ones((1, 2))), [[0, 0, 0.6, 0.8]])


def test_what_it_refuses():
    for power in (0, float("inf"), float("nan")):
        with pytest.raises(ValueRangeError, match="FeatureLPPooling expected power other than 0 and infinity, got"):
            FeatureLPPooling(2, power=power)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C >= 3, …\), got \(4, 2\)"):
        FeatureLPPooling(3).forward(np.zeros((4, 2)))
    with pytest.raises(ShapeError, match=r"expected x of shape \(C >= 3, …\), got \(2,\)"):
        FeatureLPPooling(3, batch_mode=False).forward(np.zeros(2))
