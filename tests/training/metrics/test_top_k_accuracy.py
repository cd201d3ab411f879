"""Top-k accuracy: scikit-learn's numbers, a slow loop over pixels, and ties."""

import numpy as np
import pytest

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.training import TopKAccuracy, accuracy


@pytest.mark.parametrize("k", [1, 2, 5])
def test_numbers_of_scikit_learn(k):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(k)
    prediction, target = rng.normal(size=(31, 6)), rng.integers(0, 6, 31)
    assert TopKAccuracy(k)(prediction, target) == judge.top_k_accuracy_score(target, prediction, k=k, labels=range(6))
    assert TopKAccuracy(k).name == f"top_{k}_accuracy"


def test_pixels_and_what_is_not_judged():
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(2, 4, 3, 5)), rng.integers(0, 4, (2, 3, 5))
    target[0, 1, 2] = -100
    hits = [target[i] in np.argsort(prediction[i[0], :, i[1], i[2]])[-2:] for i in np.ndindex(target.shape)
            if target[i] >= 0]
    assert TopKAccuracy(2)(prediction, target) == pytest.approx(np.mean(hits))


def test_of_equal_scores_the_lower_class_stands_first_as_in_accuracy():
    prediction, target = np.zeros((3, 4)), np.arange(3)
    assert TopKAccuracy(2)(prediction, target) == pytest.approx(2 / 3)
    assert TopKAccuracy(1)(prediction, target) == accuracy(prediction, target)


def test_what_can_not_be_judged():
    with pytest.raises(ValueRangeError, match="expected more than k = 5 classes, got 5"):
        TopKAccuracy()(np.zeros((2, 5)), np.zeros(2, int))
    with pytest.raises(ShapeError, match="TopKAccuracy expected target as one integer for each item"):
        TopKAccuracy()(np.zeros((2, 7)), np.zeros((2, 7)))
