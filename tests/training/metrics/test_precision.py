"""Precision, recall and F1: scikit-learn's numbers for every average, classes that never occur included."""

import numpy as np
import pytest

from chainrule.layers.core import UnknownNameError
from chainrule.training import F1, Precision, Recall, f1, precision, recall

KINDS = {"precision": Precision, "recall": Recall, "f1": F1}


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("n_samples", [7, 40])      # of 7 samples, some of the 5 classes are never wanted or predicted
def test_numbers_of_scikit_learn(name, average, n_samples):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(n_samples)
    prediction, target = rng.normal(size=(n_samples, 5)), rng.integers(0, 4, n_samples)
    expected = getattr(judge, f"{name}_score")(target, prediction.argmax(axis=1), average=average, zero_division=0)
    metric = KINDS[name](average)
    assert metric(prediction, target) == pytest.approx(expected, rel=1e-12)
    assert metric.name == f"{name}_{average}"


@pytest.mark.parametrize("name", KINDS)
def test_of_two_classes_it_is_that_of_class_one(name):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    logits, target = rng.normal(size=29), rng.integers(0, 2, 29)
    expected = getattr(judge, f"{name}_score")(target, logits > 0)
    assert KINDS[name]()(logits, target.astype(float)) == pytest.approx(expected, rel=1e-12)
    assert KINDS[name]()(np.stack([-logits, logits], axis=1), target) == pytest.approx(expected, rel=1e-12)
    assert KINDS[name]("binary").name == f"{name}_binary" and KINDS[name]().name == name


def test_by_hand():
    wanted = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.eye(3)[[0, 0, 1, 1, 2, 2]]
    assert precision(predicted, wanted) == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    assert recall(predicted, wanted) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert f1(predicted, wanted) == pytest.approx((4 / 5 + 2 / 4 + 2 / 3) / 3)


def test_nothing_judged_and_names_that_are_none():
    assert np.isnan(f1(np.zeros((2, 3)), np.array([-100, -100])))
    with pytest.raises(UnknownNameError, match="unknown average of Recall 'makro' – did you mean 'macro'"):
        Recall("makro")
