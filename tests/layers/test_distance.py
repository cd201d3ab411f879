"""Distances and cosines against PyTorch over all options, broadcasting, and vectors of no length."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import CosineSimilarity, PairwiseDistance
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.testing import check_layer

shapes = st.sampled_from([((4,), (4,)), ((3, 4), (3, 4)), ((3, 4), (4,)), ((1, 4), (3, 4)), ((2, 3, 4), (3, 1)),
                          ((5, 1, 4), (3, 4)), ((3, 1), (3, 1))])


@settings(max_examples=120, deadline=None)
@given(shapes=shapes, p=st.sampled_from([2.0, 1.0, 1.5, 3.0, 0.5, -1.0, -2.5, math.inf, -math.inf]),
       eps=st.sampled_from([1e-6, 0.0, 0.1]), keepdim=st.booleans(), whole=st.booleans(), seed=st.integers(0, 99))
def test_distances_agree_with_torch(agrees, shapes, p, eps, keepdim, whole, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x1, x2 = (rng.normal(size=shape) for shape in shapes)
    if whole and p > 0:       # equal coordinates, and the like; below 0 PyTorch's gradient is NaN at such points
        x1, x2 = x1.round(), x2.round()
    agrees(PairwiseDistance(p, eps, keepdim), torch.nn.PairwiseDistance(p, eps, keepdim), x1, x2)


@settings(max_examples=60, deadline=None)
@given(shapes=shapes, data=st.data(), eps=st.sampled_from([1e-8, 1e-3]), seed=st.integers(0, 99))
def test_cosines_agree_with_torch(agrees, shapes, data, eps, seed):
    torch = pytest.importorskip("torch")
    axes = max(len(shape) for shape in shapes)
    dim = data.draw(st.integers(-axes, axes - 1))
    rng = np.random.default_rng(seed)
    agrees(CosineSimilarity(dim, eps), torch.nn.CosineSimilarity(dim, eps), *(rng.normal(size=shape) + 2
                                                                              for shape in shapes))


def test_counting_has_the_value_of_torch_and_no_gradient():
    torch = pytest.importorskip("torch")
    x1, x2 = np.random.default_rng(0).integers(0, 2, (2, 5, 4)).astype(float)
    layer = PairwiseDistance(0.0, eps=0.0)
    expected = torch.nn.PairwiseDistance(0.0, 0.0)(*map(torch.tensor, (x1, x2)))
    np.testing.assert_array_equal(layer.forward(x1, x2), expected)
    assert not np.any(layer.backward(np.ones(5)))


def test_vectors_shorter_than_eps_have_the_value_of_torch_and_a_gradient_of_their_own():
    torch = pytest.importorskip("torch")
    x1, x2 = np.random.default_rng(0).normal(size=(2, 4, 3))
    layer = CosineSimilarity(eps=10.0)
    np.testing.assert_allclose(layer.forward(x1, x2), torch.nn.CosineSimilarity(eps=10.0)(*map(torch.tensor, (x1, x2))))
    np.testing.assert_allclose(layer.backward(np.ones(4)), (x2 / 100, x1 / 100))    # PyTorch's differs by -y x / 1e3
    assert check_layer(layer, x1, x2).problems == []


@pytest.mark.parametrize("p", [2.0, 1.0, 1.5, 3.0, -1.5, 0.0, math.inf, -math.inf])
def test_passes_the_battery_second_order_included(p):
    assert check_layer(PairwiseDistance(p, keepdim=p > 1), (5, 4), (5, 4)).problems == []


@pytest.mark.parametrize("p", [2.0, 1.0, 0.5, 3.0, -1.0, 0.0, math.inf])
def test_equal_vectors_have_no_gradient(p):
    layer, x = PairwiseDistance(p, eps=0.0), np.ones((2, 3))
    assert layer.forward(x, x).tolist() == [0, 0]
    assert not np.any(layer.backward(np.ones(2)))


@pytest.mark.parametrize(("make", "shapes", "error", "shown"), [
    (PairwiseDistance, ((3, 4), (3, 5)), ShapeError, r"expected x1 and x2 that broadcast and have an axis -1, got"),
    (CosineSimilarity, ((4,), (4,)), ShapeError, "have an axis 1, got"),
    (lambda: CosineSimilarity(eps=-1), ((4,), (4,)), ValueRangeError, "CosineSimilarity expected eps in"),
    (lambda: PairwiseDistance(math.nan), ((4,), (4,)), ValueRangeError, "PairwiseDistance expected p in"),
])
def test_what_does_not_fit_is_refused(make, shapes, error, shown):
    with pytest.raises(error, match=shown):
        make().forward(*(np.ones(shape) for shape in shapes))
