"""Folds as scikit-learn makes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data import KFold, StratifiedKFold
from chainrule.layers.core import ShapeError, ValueRangeError


def pairs(splits):
    return [(train.tolist(), test.tolist()) for train, test in splits]


@given(st.integers(2, 6), st.integers(0, 20))
def test_folds_of_neighbours(n_splits, more):
    theirs = pytest.importorskip("sklearn.model_selection").KFold(n_splits)
    x = np.zeros(n_splits + more)
    assert pairs(KFold(n_splits).split(x)) == pairs(theirs.split(x))


@given(st.integers(2, 4), st.lists(st.integers(0, 3), min_size=1, max_size=25), st.permutations([5, 1, 9, 3]))
def test_folds_of_equal_shares(n_splits, drawn, names):
    theirs = pytest.importorskip("sklearn.model_selection").StratifiedKFold(n_splits)
    y = np.array([names[label] for label in [*drawn, *range(4), *range(4), *range(4), *range(4)]])
    assert pairs(StratifiedKFold(n_splits).split(y, y)) == pairs(theirs.split(y, y))


@pytest.mark.parametrize("kind", [KFold, StratifiedKFold])
def test_shuffled_folds_hold_each_sample_out_once_and_repeat_with_the_seed(kind):
    y = np.repeat([0, 1, 2], [13, 8, 6])

    def folds(seed):
        return pairs(kind(4, shuffle=True, rng=np.random.default_rng(seed)).split(y, y))

    assert folds(0) == folds(0) != folds(1)
    assert folds(0) != pairs(kind(4).split(y, y))
    assert sorted(row for _, test in folds(0) for row in test) == list(range(27))
    for train, test in folds(0):
        assert not set(train) & set(test) and len(train) + len(test) == 27
        if kind is StratifiedKFold:
            for label, size in enumerate([13, 8, 6]):
                assert size // 4 <= (y[test] == label).sum() <= -(-size // 4)


def test_too_few_samples_are_refused():
    with pytest.raises(ValueRangeError, match="KFold expected at least n_splits=5 samples, got 4"):
        next(KFold().split(np.zeros(4)))
    with pytest.raises(ValueRangeError, match="n_splits=2 samples of each class, got 1 of class b"):
        next(StratifiedKFold(2).split(np.zeros(4), np.array(["a", "a", "a", "b"])))
    with pytest.raises(ShapeError, match="StratifiedKFold expected y"):
        next(StratifiedKFold(2).split(np.zeros(4)))
    with pytest.raises(ValueRangeError, match="n_splits"):
        KFold(1)
