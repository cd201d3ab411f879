"""Losses of several predictions: PyTorch's order of arguments, that of every loss, and wrong parts."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError
from chainrule.losses import (
    CosineEmbeddingLoss,
    CTCLoss,
    GaussianNLLLoss,
    MarginRankingLoss,
    TripletMarginLoss,
)
from chainrule.losses.joint_loss import JointLoss

RNG = np.random.default_rng(0)
A, B, C = RNG.uniform(0.1, 2, (3, 4, 5))
SIGN = np.array([1, -1, -1, 1])
CASES = [
    (CosineEmbeddingLoss(), {"x1": A, "x2": B, "target": SIGN}, (A, B), SIGN),
    (GaussianNLLLoss(), {"input": A, "target": C, "var": B}, (A, B), C),
    (MarginRankingLoss(), {"x1": A[0], "x2": B[0], "target": np.ones(5)}, (A[0], B[0]), np.ones(5)),
    (TripletMarginLoss(), {"anchor": A, "positive": B, "negative": C}, (A, B, C), None),
    (CTCLoss(), {"log_probs": -A, "targets": np.array([1, 2]), "input_lengths": 4, "target_lengths": 2}, -A,
     (np.array([1, 2]), 4, 2)),
]


@pytest.mark.parametrize(("loss", "named", "prediction", "target"), CASES)
def test_both_orders_of_arguments_mean_the_same(loss, named, prediction, target):
    expected = loss.forward(*named.values())
    assert np.isfinite(expected)
    assert loss.forward(**named) == expected
    assert loss.forward(prediction, target) == expected
    assert loss.forward(prediction=prediction, target=target) == expected


@pytest.mark.parametrize(("loss", "named", "prediction", "target"), CASES)
def test_no_gradient_where_none_is_needed(loss, named, prediction, target):
    loss.forward(prediction, target)
    loss.needs_input_grad = False
    assert loss.backward() is None
    loss.needs_input_grad = True


@pytest.mark.parametrize(("arguments", "error", "shown"), [
    ((A, B), ShapeError, r"MarginRankingLoss\(\) expected the prediction as a tuple \(x1, x2\), got ndarray"),
    (((A, B, C), A), ShapeError, r"expected the prediction as a tuple \(x1, x2\), got a tuple of 3"),
    ((A, B[:1], A), ShapeError, r"expected x2 of shape \(4, 5\), got \(1, 5\)"),
    ((A, B.astype(np.float32), A), DtypeError, "expected x1, x2 in one dtype, got x1 in float64 and x2 in float32"),
    ((A, B > 0, A), DtypeError, "expected x2 of a floating-point dtype, got bool"),
    ((A, B, C, A), TypeError, "positional arguments"),
])
def test_wrong_parts_are_refused(arguments, error, shown):
    with pytest.raises(error, match=shown):
        MarginRankingLoss().forward(*arguments)


def test_what_a_subclass_must_write():
    with pytest.raises(NotImplementedError, match=r"JointLoss\.ordered"):
        JointLoss().forward(A, B, C)
