"""The triplet losses against PyTorch, with ties and distances of zero."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Bilinear, CosineSimilarity, PairwiseDistance
from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import TripletMarginLoss, TripletMarginWithDistanceLoss
from chainrule.testing import check_loss

from .joint_loss import numbers_of_torch


@settings(max_examples=80, deadline=None, derandomize=True)
@given(margin=st.sampled_from([1.0, 0.1, 5.0]), p=st.sampled_from([2.0, 1.0, 1.5, 3.0, 0.5, math.inf, 2]),
       eps=st.sampled_from([1e-6, 0.0, 0.1]), swap=st.booleans(), reduction=st.sampled_from(["mean", "sum", "none"]),
       batch=st.none() | st.integers(1, 5), width=st.integers(1, 6), whole=st.booleans(), seed=st.integers(0, 99))
def test_numbers_of_torch(margin, p, eps, swap, reduction, batch, width, whole, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(3, *(() if batch is None else (batch,)), width))
    if whole and p in (1, 2, math.inf):     # whole numbers lie equally far apart, or on one another, without rounding
        points = points.round()
    numbers_of_torch(TripletMarginLoss(margin, p, eps, swap, reduction),
                     torch.nn.TripletMarginLoss(margin, p, eps, swap, reduction=reduction), tuple(points), seed=seed)


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("p", [1, 1.5, 2, 3, math.inf])
def test_contract(p, swap):
    loss = TripletMarginLoss(2.0, p, swap=swap)
    assert check_loss(loss, ((5, 3), (5, 3), (5, 3)), None, entries=12).problems == []


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, math.inf])
def test_points_on_one_another_neither_pull_nor_bend(p):
    loss, x = TripletMarginLoss(p=p, eps=0.0), np.ones((2, 3))
    assert loss.forward(x, x, x) == 1
    assert not np.any(loss.backward())
    assert not np.any(loss.hvp((x, 2 * x, 3 * x)))


def test_curvature_where_one_coordinate_agrees():
    loss = TripletMarginLoss(p=2, eps=0.0, margin=10.0)
    anchor, positive, negative = np.zeros((1, 2)), np.array([[0.0, 2.0]]), np.array([[3.0, 0.0]])
    loss.forward(anchor, positive, negative)
    anchor_hvp, positive_hvp, _ = loss.hvp((np.zeros((1, 2)), np.array([[1.0, 0.0]]), np.zeros((1, 2))))
    np.testing.assert_allclose(positive_hvp, [[0.5, 0.0]])      # sideways at distance 2: 1/2
    np.testing.assert_allclose(anchor_hvp, [[-0.5, 0.0]])


@pytest.mark.parametrize("option", [{"margin": 0.0}, {"margin": -1.0}, {"p": 0.0}, {"p": math.nan}])
def test_impossible_options_are_refused(option):
    (name,) = option
    with pytest.raises(ValueRangeError, match=rf"TripletMarginLoss expected {name} in \(0, inf\]"):
        TripletMarginLoss(**option)


def test_points_must_have_one_shape():
    with pytest.raises(ShapeError, match=r"TripletMarginLoss\(\) expected negative of shape \(4, 3\), got \(1, 3\)"):
        TripletMarginLoss().forward(np.zeros((4, 3)), np.zeros((4, 3)), np.zeros((1, 3)))


class CosineDistance(CosineSimilarity):
    """One minus the cosine of the angle."""

    def forward(self, x1, x2):
        return 1 - super().forward(x1, x2)

    def backward(self, grad_out):
        return super().backward(-grad_out)


@settings(max_examples=40, deadline=None)
@given(margin=st.sampled_from([1.0, 0.1]), swap=st.booleans(), reduction=st.sampled_from(["mean", "sum", "none"]),
       distance=st.sampled_from([None, "cosine", 1.0, 3.0]), seed=st.integers(0, 99))
def test_any_distance_agrees_with_torch(margin, swap, reduction, distance, seed):
    torch = pytest.importorskip("torch")
    ours, theirs = (None, None) if distance is None else \
        (CosineDistance(), lambda a, b: 1 - torch.nn.functional.cosine_similarity(a, b)) if distance == "cosine" else \
        (PairwiseDistance(distance), torch.nn.PairwiseDistance(distance))
    options = {"margin": margin, "swap": swap, "reduction": reduction}
    numbers_of_torch(TripletMarginWithDistanceLoss(distance_function=ours, **options),
                     torch.nn.TripletMarginWithDistanceLoss(distance_function=theirs, **options),
                     tuple(np.random.default_rng(seed).normal(size=(3, 5, 4))), seed=seed)


def test_a_distance_with_parameters_learns():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Bilinear(3, 3, 1).double()
    ours = Bilinear(3, 3, 1).astype(np.float64)
    ours.load_state_dict(theirs.state_dict())
    points = np.random.default_rng(0).normal(size=(3, 5, 3))
    loss = TripletMarginWithDistanceLoss(distance_function=ours)
    numbers_of_torch(loss, torch.nn.TripletMarginWithDistanceLoss(distance_function=theirs), tuple(points))
    assert [name for name, _ in loss.named_parameters()] == ["distance_function.weight", "distance_function.bias"]
    loss.zero_grad()
    theirs.zero_grad()
    loss.forward(*points)
    loss.backward()
    torch.nn.TripletMarginWithDistanceLoss(distance_function=theirs)(*map(torch.tensor, points)).backward()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, other.grad, rtol=1e-10, atol=1e-12)
