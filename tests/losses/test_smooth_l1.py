"""Losses that are quadratic near zero, against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ValueRangeError
from chainrule.losses import HuberLoss, SmoothL1Loss

REDUCTIONS = st.sampled_from(["mean", "sum", "none"])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(kind=st.sampled_from(["delta", "beta"]), bound=st.sampled_from([0.3, 1.0, 2.5, 0.0]), reduction=REDUCTIONS,
       shape=st.lists(st.integers(1, 5), max_size=3))
def test_agree_with_torch(numbers_of_torch, kind, bound, reduction, shape):
    torch = pytest.importorskip("torch")
    if kind == "delta" and not bound:
        return
    ours, theirs = (HuberLoss, torch.nn.HuberLoss) if kind == "delta" else (SmoothL1Loss, torch.nn.SmoothL1Loss)
    prediction, target = np.random.default_rng(0).normal(size=(2, *shape)) * 2
    options = {kind: bound, "reduction": reduction}
    numbers_of_torch(ours(**options), theirs(**options), np.asarray(prediction), np.asarray(target))


@pytest.mark.parametrize("loss", [HuberLoss(delta=0.7), SmoothL1Loss(beta=1.3), SmoothL1Loss(beta=0.0)])
def test_second_derivatives(hvp_is_derivative, loss):
    prediction, target = np.random.default_rng(3).normal(size=(2, 4, 5))
    hvp_is_derivative(loss, prediction, target)


def test_impossible_bounds_are_refused():
    with pytest.raises(ValueRangeError, match=r"HuberLoss expected delta in \(0, inf\], got 0"):
        HuberLoss(delta=0)
    with pytest.raises(ValueRangeError, match="SmoothL1Loss expected beta"):
        SmoothL1Loss(beta=-1)
