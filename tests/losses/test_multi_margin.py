"""MultiMarginLoss against PyTorch, and at its kink."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ValueRangeError
from chainrule.losses import MultiMarginLoss


@given(st.sampled_from([(), (1,), (6,)]), st.integers(1, 5), st.sampled_from([1, 2]), st.sampled_from([1.0, 0.3, 2.5]),
       st.sampled_from(["mean", "sum", "none"]), st.booleans(), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_numbers_of_torch(numbers_of_torch, layout, classes, p, margin, reduction, weighted, seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.1, 3, classes) if weighted else None
    theirs = torch.nn.MultiMarginLoss(p, margin, torch.tensor(weight) if weighted else None, reduction=reduction)
    ours = MultiMarginLoss(p, margin, weight, reduction)
    numbers_of_torch(ours, theirs, rng.standard_normal((*layout, classes)), rng.integers(classes, size=layout), seed)


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_hvp_is_the_derivative_of_backward(hvp_is_derivative, p, reduction):
    rng = np.random.default_rng(0)
    loss = MultiMarginLoss(p, weight=[1.0, 2.0, 0.5, 3.0], reduction=reduction)
    hvp_is_derivative(loss, rng.standard_normal((5, 4)), rng.integers(4, size=5))


def test_a_class_exactly_at_the_margin_has_no_gradient():
    loss = MultiMarginLoss()
    assert loss.forward(np.array([[2.0, 1.0, 1.5]]), np.array([0])) == pytest.approx(0.5 / 3)
    np.testing.assert_allclose(loss.backward(), [[-1 / 3, 0, 1 / 3]])


def test_pictures_are_judged_pixel_by_pixel():
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((2, 3, 4)), rng.integers(3, size=(2, 4))
    by_hand = [MultiMarginLoss().forward(x[n, :, d], target[n, d]) for n in range(2) for d in range(4)]
    assert MultiMarginLoss().forward(x, target) == pytest.approx(sum(by_hand) / 8, rel=1e-14)


def test_other_powers_are_refused():
    with pytest.raises(ValueRangeError, match="MultiMarginLoss expected p as 1 or 2, got 3"):
        MultiMarginLoss(p=3)
