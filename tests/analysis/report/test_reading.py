"""What predictions mean, by targets and loss; probabilities are those of SciPy."""

import numpy as np
import pytest
import scipy

from chainrule.analysis.report.reading import reading_of
from chainrule.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss, MultiMarginLoss, NLLLoss

SCORES = np.random.default_rng(0).normal(size=(7, 3))
CLASSES = np.array([0, 2, 1, 1, 0, 2, 2])


def test_a_score_for_each_class():
    reading, wanted = reading_of(SCORES, CLASSES, CrossEntropyLoss())
    assert reading.names == ("0", "1", "2") and wanted.tolist() == CLASSES.tolist()
    np.testing.assert_allclose(reading.probabilities(SCORES), scipy.special.softmax(SCORES, axis=1))
    logs = scipy.special.log_softmax(SCORES, axis=1)
    np.testing.assert_allclose(reading_of(logs, CLASSES, NLLLoss())[0].probabilities(logs), np.exp(logs))
    assert reading_of(SCORES, CLASSES, MultiMarginLoss())[0].probabilities(SCORES) is None


def test_shares_of_classes_are_classes_for_cross_entropy_and_numbers_else():
    shares = np.eye(3)[CLASSES]
    assert reading_of(SCORES, shares, CrossEntropyLoss())[1].tolist() == CLASSES.tolist()
    assert reading_of(SCORES, shares, MSELoss()) is None


@pytest.mark.parametrize(("loss", "values", "middle"), [(BCEWithLogitsLoss(), (0, 1), 0), (BCELoss(), (0, 1), 0.5),
                                                        (MSELoss(), (0, 1), 0.5), (MSELoss(), (-1, 1), 0)])
def test_one_score_for_two_values(loss, values, middle):
    prediction = middle + np.array([[-0.25], [0.25], [0.125]])
    target = np.array([[values[1]], [values[0]], [values[1]]], np.float32)
    reading, wanted = reading_of(prediction, target, loss)
    assert reading.names == tuple(map(str, values)) and wanted.tolist() == [1, 0, 1]
    assert reading.scores(prediction).argmax(axis=1).tolist() == [0, 1, 1]
    share = reading.probabilities(prediction)
    if isinstance(loss, BCEWithLogitsLoss):
        np.testing.assert_allclose(share[:, 1], scipy.special.expit(prediction[:, 0]))
    elif isinstance(loss, BCELoss):
        np.testing.assert_allclose(share[:, 1], prediction[:, 0])
    else:
        assert share is None


@pytest.mark.parametrize("target", [np.array([0.5, 1.5, 2.0]), np.ones(3), np.zeros((3, 2))])
def test_numbers_are_numbers(target):
    assert reading_of(np.zeros((3, 1)), target, MSELoss()) is None
    assert reading_of(np.zeros((3, 2)), np.array([0, 1, 2]), MSELoss()) is None     # a class that has no score
