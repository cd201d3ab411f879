"""CosineEmbeddingLoss against PyTorch, and for vectors without a direction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.losses import CosineEmbeddingLoss
from chainrule.testing import check_loss

from .joint_loss import numbers_of_torch


@settings(max_examples=40, deadline=None, derandomize=True)
@given(margin=st.sampled_from([0.0, 0.3, -0.5, 1.0]), reduction=st.sampled_from(["mean", "sum", "none"]),
       batch=st.none() | st.integers(1, 5), width=st.integers(1, 6), scale=st.sampled_from([1.0, 1e-6, 1e3, 0.0]),
       seed=st.integers(0, 99))
def test_numbers_of_torch(margin, reduction, batch, width, scale, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    lead = () if batch is None else (batch,)
    x1, x2 = rng.normal(size=(2, *lead, width))
    target = rng.choice([-1, 1], size=lead)
    ours, theirs = CosineEmbeddingLoss(margin, reduction), torch.nn.CosineEmbeddingLoss(margin, reduction=reduction)
    numbers_of_torch(ours, theirs, (x1 * scale, x2), lambda x1, x2: (x1, x2, target), seed)


@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_contract(margin):
    loss = CosineEmbeddingLoss(margin)
    assert check_loss(loss, ((7, 5), (7, 5)), np.array([1, -1, -1, 1, 1, -1, -1])).problems == []
    assert check_loss(loss, ((5,), (5,)), np.array(1), batch_axis=None).problems == []


def test_length_does_not_count():
    loss, x = CosineEmbeddingLoss(), np.random.default_rng(0).normal(size=(3, 4))
    assert loss.forward(x, 7 * x, np.ones(3)) == pytest.approx(0, abs=1e-11)
    for grad in loss.backward():
        np.testing.assert_allclose((grad * x).sum(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize(("shapes", "target", "error", "shown"), [
    (((3, 2), (3, 2)), np.ones((3, 1)), ShapeError, r"expected target of shape \(3,\), got \(3, 1\)"),
    (((), ()), np.ones(()), ShapeError, r"expected x1 of shape \(..., D\), got \(\)"),
    (((3, 2), (3, 4)), np.ones(3), ShapeError, r"expected x2 of shape \(3, 2\), got \(3, 4\)"),
    (((3, 2), (3, 2)), np.array([1, 0, 1]), ValueRangeError, "expected a target of 1 and -1, got 0"),
])
def test_what_does_not_fit_is_refused(shapes, target, error, shown):
    with pytest.raises(error, match=shown):
        CosineEmbeddingLoss().forward(*map(np.zeros, shapes), target)
