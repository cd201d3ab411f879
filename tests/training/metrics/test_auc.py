"""The area under the ROC curve: scikit-learn's numbers, and the chance of a slow loop over all pairs."""

import numpy as np
import pytest

from chainrule.layers.core import ShapeError
from chainrule.training import AUC, auc


def test_it_is_the_chance_that_a_pair_is_in_order():
    rng = np.random.default_rng(0)
    scores, target = rng.integers(0, 6, 31).astype(float), rng.integers(0, 2, 31)
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[target == 1] for b in scores[target == 0]]
    for shape in ((31,), (31, 1)):
        assert auc(scores.reshape(shape), target.reshape(shape).astype(float)) == pytest.approx(np.mean(pairs))
    assert auc(np.stack([np.zeros(31), scores], axis=1), target) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("classes", [2, 4])
def test_numbers_of_scikit_learn(classes):
    judge = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(classes)
    logits, target = rng.normal(size=(37, classes)), rng.integers(0, classes, 37)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = judge.roc_auc_score(target, shares if classes > 2 else shares[:, 1], multi_class="ovr")
    assert auc(logits, target) == pytest.approx(expected, rel=1e-12)
    assert AUC(probabilities=True)(shares, target) == pytest.approx(expected, rel=1e-12)


def test_what_is_not_judged_is_left_out():
    scores = np.array([[0.0, 1.0], [0.0, 2.0], [0.0, -1.0]])
    assert auc(scores, np.array([0, 1, -100])) == 1
    assert np.isnan(auc(scores, np.array([1, 1, -100])))


def test_other_targets_are_refused():
    with pytest.raises(ShapeError, match=r"AUC expected prediction \(N, C\) with target as one integer for each row"):
        auc(np.zeros((4, 3)), np.zeros((4, 3)))
