"""Margins of single scores against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.losses import HingeEmbeddingLoss, SoftMarginLoss


@settings(max_examples=40, deadline=None, derandomize=True)
@given(hinge=st.booleans(), margin=st.sampled_from([1.0, 0.3]), reduction=st.sampled_from(["mean", "sum", "none"]),
       shape=st.lists(st.integers(1, 5), max_size=3))
def test_agree_with_torch(numbers_of_torch, hinge, margin, reduction, shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    ours, theirs = (HingeEmbeddingLoss(margin, reduction), torch.nn.HingeEmbeddingLoss(margin, reduction=reduction)) \
        if hinge else (SoftMarginLoss(reduction), torch.nn.SoftMarginLoss(reduction=reduction))
    numbers_of_torch(ours, theirs, np.asarray(rng.normal(size=shape)), np.asarray(rng.choice([-1.0, 1.0], size=shape)))


@pytest.mark.parametrize("loss", [SoftMarginLoss(), HingeEmbeddingLoss()])
def test_second_derivatives(hvp_is_derivative, loss):
    rng = np.random.default_rng(0)
    hvp_is_derivative(loss, rng.normal(size=(4, 5)), rng.choice([-1.0, 1.0], size=(4, 5)))


def test_far_out_nothing_overflows():
    loss = SoftMarginLoss("sum")
    assert loss.forward(np.array([1e4, -1e4]), np.array([1.0, 1.0])) == 1e4
    assert loss.backward().tolist() == [0.0, -1.0]
