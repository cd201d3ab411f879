"""TripletMarginLoss against PyTorch, with ties and distances of zero."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import TripletMarginLoss
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
