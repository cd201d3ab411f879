"""Radial basis units against SciPy's distances, at a centre, and in learning what lies in a heap."""

import numpy as np
import pytest
import scipy

import chainrule
from chainrule.layers import Linear, RadialBasis
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import Adam


@pytest.mark.parametrize(("dtype", "exact"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_values_are_those_of_distances(dtype, exact):
    rng = np.random.default_rng(0)
    layer, x = RadialBasis(4, 3, rng=rng).astype(dtype), rng.normal(size=(2, 5, 4)).astype(dtype)
    layer.sharpness.data = np.array([0.3, 1.0, -2.0])
    distance = scipy.spatial.distance.cdist(x.reshape(10, 4), layer.centre.data, "sqeuclidean").reshape(2, 5, 3)
    y = layer.forward(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, np.exp(-np.array([0.09, 1, 4]) * distance / 2), atol=exact)


def test_at_its_centre_a_unit_is_one_and_flat():
    layer = RadialBasis(3, 2)
    y = layer.forward(1e3 + layer.centre.data)
    layer.centre.data = layer.centre.data + 1e3
    far, y = y, layer.forward(layer.centre.data)
    assert far.max() == 0 and np.diag(y).tolist() == [1.0, 1.0]       # rounding makes no distance less than nothing
    assert np.abs(layer.backward(np.eye(2, dtype=np.float32))).max() < 1e-3


def test_tangents_and_their_way_back():
    rng = np.random.default_rng(1)
    layer = RadialBasis(3, 2, rng=rng).astype(np.float64)
    (x, x_dot), (g, g_dot) = (rng.normal(size=(2, 5, n)) for n in (3, 2))
    layer.centre.dot, layer.sharpness.dot = rng.normal(size=(2, 3)), rng.normal(size=2)
    centre, sharpness = layer.centre.data.copy(), layer.sharpness.data.copy()
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, x_grad_dot = layer.backward_jvp(g, g_dot)
    mine, eps, results = (y_dot, x_grad_dot, layer.centre.grad_dot.copy(), layer.sharpness.grad_dot.copy()), 1e-6, []
    for step in (eps, -eps):
        layer.centre.data, layer.sharpness.data = (data + step * parameter.dot for data, parameter in (
            (centre, layer.centre), (sharpness, layer.sharpness)))
        layer.zero_grad()
        y = layer.forward(x + step * x_dot)
        results.append((y, layer.backward(g + step * g_dot), layer.centre.grad.copy(), layer.sharpness.grad.copy()))
    for ours, high, low in zip(mine, *results, strict=True):
        np.testing.assert_allclose(ours, (high - low) / (2 * eps), rtol=1e-6, atol=1e-7)


def test_they_learn_a_heap_in_the_middle():
    chainrule.manual_seed(0)
    x = np.random.default_rng(0).uniform(-2, 2, (200, 2)).astype(np.float32)
    y = (np.linalg.norm(x, axis=1, keepdims=True) < 1).astype(np.float32)
    model = Sequential(RadialBasis(2, 4), Linear(4, 1))
    history = model.fit(x, y, loss=MSELoss(), optimizer=Adam(model.parameters(), lr=0.05), epochs=30, batch_size=20,
                        verbose=0, rng=np.random.default_rng(0))
    assert history["loss"][-1] < 0.05 < history["loss"][0]


def test_wrong_arguments():
    with pytest.raises(ValueRangeError, match="out_features"):
        RadialBasis(3, 0)
    with pytest.raises(ShapeError, match=r"RadialBasis\(3, 2\) expected x of shape \(..., 3\), got \(5, 4\)"):
        RadialBasis(3, 2).forward(np.ones((5, 4)))
