"""Several right classes, against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.losses import MultiLabelMarginLoss, MultiLabelSoftMarginLoss

REDUCTIONS = st.sampled_from(["mean", "sum", "none"])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(classes=st.integers(1, 6), batch=st.none() | st.integers(1, 4), reduction=REDUCTIONS, seed=st.integers(0, 99))
def test_the_hinge_agrees_with_torch(numbers_of_torch, classes, batch, reduction, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    lead = () if batch is None else (batch,)
    target = np.full((*lead, classes), -1)
    for row in target.reshape(-1, classes):
        row[:] = rng.permutation(classes)
        row[rng.integers(0, classes + 1):] = -1
        if rng.random() < 0.3 and classes > 1 and row[-2] == -1:
            row[-1] = 0                                         # behind a -1 nothing counts
    numbers_of_torch(MultiLabelMarginLoss(reduction), torch.nn.MultiLabelMarginLoss(reduction=reduction),
                     rng.normal(size=(*lead, classes)), target)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=3), weighted=st.booleans(), reduction=REDUCTIONS)
def test_the_soft_one_agrees_with_torch(numbers_of_torch, shape, weighted, reduction):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    weight = rng.uniform(size=shape[-1]) if weighted else None
    theirs = torch.nn.MultiLabelSoftMarginLoss(None if weight is None else torch.tensor(weight), reduction=reduction)
    numbers_of_torch(MultiLabelSoftMarginLoss(weight, reduction), theirs, rng.normal(size=shape) * 3,
                     rng.integers(0, 2, shape).astype(float))


def test_second_derivative_of_the_soft_one(hvp_is_derivative):
    rng = np.random.default_rng(0)
    hvp_is_derivative(MultiLabelSoftMarginLoss(), rng.normal(size=(4, 5)), rng.uniform(size=(4, 5)))


@pytest.mark.parametrize(("target", "error", "shown"), [
    (np.array([[0.0, 1.0]]), DtypeError, "expected target as integers, got float64"),
    (np.array([0, 1]), ShapeError, r"expected target of shape \(1, 2\), got \(2,\)"),
    (np.array([[0, 2]]), ValueRangeError, "expected classes from -1 to 1 in target, got 0 to 2"),
])
def test_wrong_targets_are_refused(target, error, shown):
    with pytest.raises(error, match=shown):
        MultiLabelMarginLoss().forward(np.zeros((1, 2)), target)
