"""Weighted drawing, held against its probabilities and PyTorch's refusals."""

import numpy as np
import pytest

from chainrule.data import WeightedRandomSampler, balanced_weights
from chainrule.layers.core import ShapeError, ValueRangeError, manual_seed


def test_shares_are_in_proportion_to_the_weights():
    weights = [1, 0, 2, 5]
    drawn = WeightedRandomSampler(weights, 20_000).indices(np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / 20_000, np.array(weights) / 8, atol=0.01)


def test_without_replacement_each_comes_once():
    sampler = WeightedRandomSampler([1, 0, 2, 5], 3, replacement=False)
    assert sorted(sampler.indices(np.random.default_rng(0)).tolist()) == [0, 2, 3]
    assert len(sampler) == 3


def test_iterated_over_as_in_pytorch():
    data = pytest.importorskip("torch.utils.data")
    theirs = list(data.WeightedRandomSampler([0.0, 3.0], 5))
    manual_seed(0)
    assert list(WeightedRandomSampler([0.0, 3.0], 5)) == theirs == [1] * 5


@pytest.mark.parametrize("y", [np.array([0] * 90 + [3] * 10), np.array([2, 2, 1])])
def test_balanced_classes_have_equal_weight(y):
    weights = balanced_weights(y)
    totals = [weights[y == label].sum() for label in np.unique(y)]
    np.testing.assert_allclose(totals, 1)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1, float("nan")], [1, float("inf")], [[1]]])
def test_weights_that_nothing_can_be_drawn_by(weights):
    with pytest.raises(ValueRangeError, match="WeightedRandomSampler expected weights"):
        WeightedRandomSampler(weights, 1)


def test_other_arguments():
    with pytest.raises(ValueRangeError, match=r"at least num_samples=3 weights above 0 .*, got 2"):
        WeightedRandomSampler([1, 0, 1], 3, replacement=False)
    with pytest.raises(ValueRangeError, match="num_samples"):
        WeightedRandomSampler([1], 0)
    for y in (np.zeros(3), np.zeros((3, 1), int)):
        with pytest.raises(ShapeError, match="balanced_weights expected y"):
            balanced_weights(y)
