"""Pools over everything against NumPy and the adaptive pools of PyTorch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.layers import GlobalAvgPool, GlobalMaxPool
from chainrule.layers.core import ShapeError

SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(lambda spatial: (3, 2, *spatial))


@given(shape=SHAPES, keepdims=st.booleans(), ties=st.booleans())
def test_they_are_mean_and_maximum(shape, keepdims, ties):
    x = np.random.default_rng(0).normal(size=shape)
    x, axes = np.round(x) if ties else x, tuple(range(2, len(shape)))
    for layer, expected in ((GlobalAvgPool(keepdims), x.mean(axes, keepdims=keepdims)),
                            (GlobalMaxPool(keepdims), x.max(axes, keepdims=keepdims))):
        y = layer.forward(x)
        np.testing.assert_allclose(y, expected, rtol=1e-14, atol=1e-14)
        assert y.shape == expected.shape == layer.describe(shape).y_shapes[0]


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_agrees_with_torch(agrees, axes):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=(2, 3, *(5, 4, 3)[:axes]))
    agrees(GlobalAvgPool(keepdims=True), getattr(torch.nn, f"AdaptiveAvgPool{axes}d")(1), x)
    agrees(GlobalMaxPool(keepdims=True), getattr(torch.nn, f"AdaptiveMaxPool{axes}d")(1), x)
    agrees(GlobalAvgPool(), lambda x: x.mean(tuple(range(2, 2 + axes))), x)
    agrees(GlobalMaxPool(), lambda x: x.amax(tuple(range(2, 2 + axes))), x)


def test_the_first_of_equals_gets_the_gradient():
    layer = GlobalMaxPool()
    layer.forward(np.array([[[1.0, 2.0, 2.0]]]))
    assert layer.backward(np.array([[3.0]])).tolist() == [[[0.0, 3.0, 0.0]]]


@pytest.mark.parametrize("kind", [GlobalAvgPool, GlobalMaxPool])
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 0)])
def test_something_must_be_spatial(kind, shape):
    with pytest.raises(ShapeError, match=r"Pool\(\) expected x of shape \(N, C, \*spatial\), got \(2, 3"):
        kind().forward(np.zeros(shape))
