"""Binary cross-entropy of probabilities against PyTorch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ValueRangeError
from chainrule.losses import BCELoss


@settings(max_examples=40, deadline=None, derandomize=True)
@given(reduction=st.sampled_from(["mean", "sum", "none"]), shape=st.lists(st.integers(1, 5), min_size=1, max_size=3),
       weighted=st.booleans(), certain=st.booleans())
def test_agrees_with_torch(numbers_of_torch, reduction, shape, weighted, certain):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    prediction, target = rng.uniform(0.01, 0.99, shape), rng.uniform(size=shape)
    if certain:
        prediction.flat[0], target.flat[0] = 1.0, 1.0
    weight = rng.uniform(size=shape[-1]) if weighted else None
    theirs = torch.nn.BCELoss(None if weight is None else torch.tensor(weight), reduction=reduction)
    numbers_of_torch(BCELoss(weight, reduction), theirs, prediction, target)


def test_second_derivative(hvp_is_derivative):
    rng = np.random.default_rng(0)
    hvp_is_derivative(BCELoss(), rng.uniform(0.1, 0.9, (4, 5)), rng.uniform(size=(4, 5)))


def test_certain_and_wrong_is_bounded_as_in_torch():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    expected = torch.nn.BCELoss()(tensor, torch.zeros(1, dtype=torch.float64))
    expected.backward()
    loss = BCELoss()
    assert loss.forward(np.ones(1), np.zeros(1)) == expected.item() == 100
    np.testing.assert_allclose(loss.backward(), tensor.grad)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueRangeError, match=r"BCELoss\(\) expected prediction in \[0, 1\].*or use BCEWithLogitsLoss"):
        BCELoss().forward(np.array([0.5, wrong]), np.zeros(2))
