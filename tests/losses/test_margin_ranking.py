"""MarginRankingLoss against PyTorch, and at its kink."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import MarginRankingLoss
from chainrule.testing import check_loss

from .joint_loss import numbers_of_torch


@settings(max_examples=40, deadline=None, derandomize=True)
@given(margin=st.sampled_from([0.0, 0.3, 2.0, -0.5]), reduction=st.sampled_from(["mean", "sum", "none"]),
       shape=st.lists(st.integers(1, 5), max_size=3), whole=st.booleans(), seed=st.integers(0, 99))
def test_numbers_of_torch(margin, reduction, shape, whole, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    x1, x2 = rng.normal(size=(2, *shape)).round(0 if whole else 16)     # whole numbers meet at the kink
    target = rng.choice([-1.0, 1.0], size=shape)
    numbers_of_torch(MarginRankingLoss(margin, reduction), torch.nn.MarginRankingLoss(margin, reduction=reduction),
                     (np.asarray(x1), np.asarray(x2)), lambda x1, x2: (x1, x2, target), seed)


def test_contract():
    assert check_loss(MarginRankingLoss(0.3), ((7, 5), (7, 5)), np.resize([1, -1, -1], (7, 5))).problems == []


def test_equal_scores_are_torn_apart():
    loss = MarginRankingLoss(reduction="sum")
    assert loss.forward(np.zeros(2), np.zeros(2), np.array([1, -1])) == 0
    assert [grad.tolist() for grad in loss.backward()] == [[-1, 1], [1, -1]]


@pytest.mark.parametrize(("target", "error", "shown"), [
    (np.array([0, 1]), ValueRangeError, r"expected a target of 1 and -1, got 0; 2 \* target - 1 turns"),
    (np.array([1]), ShapeError, r"MarginRankingLoss\(\) expected target of shape \(2,\), got \(1,\)"),
    (np.array([True, False]), DtypeError, "expected target as numbers, 1 or -1, got bool"),
])
def test_wrong_targets_are_refused(target, error, shown):
    with pytest.raises(error, match=shown):
        MarginRankingLoss().forward(np.zeros(2), np.zeros(2), target)


def test_a_direction_of_another_shape_is_refused():
    loss = MarginRankingLoss()
    loss.forward(np.zeros(2), np.zeros(2), np.ones(2))
    with pytest.raises(ShapeError, match=r"expected x1_dot of shape \(2,\), got \(3,\)"):
        loss.hvp((np.zeros(3), np.zeros(3)))
