"""Metrics: scikit-learn's numbers, and the same however the data is divided."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import DtypeError, ShapeError, UnknownNameError, ValueRangeError
from chainrule.training import (
    METRICS,
    Accuracy,
    ConfusionMatrix,
    accuracy,
    bits_per_character,
    confusion_matrix,
    exact_sequences,
    mean_absolute_error,
    perplexity,
)
from chainrule.training.metrics import find_metric


def scores(n_samples=31, n_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_samples, n_classes)), rng.integers(0, n_classes, n_samples)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_of_scikit_learn(seed):
    judge = pytest.importorskip("sklearn.metrics")
    prediction, target = scores(seed=seed)
    assert accuracy(prediction, target) == judge.accuracy_score(target, prediction.argmax(axis=1))
    np.testing.assert_array_equal(confusion_matrix(prediction, target),
                                  judge.confusion_matrix(target, prediction.argmax(axis=1)))
    assert mean_absolute_error(prediction, prediction[::-1]) == pytest.approx(
        judge.mean_absolute_error(prediction, prediction[::-1]), rel=1e-12)


def test_numbers_of_a_slow_loop_over_pixels():
    rng = np.random.default_rng(0)
    prediction, target = rng.normal(size=(2, 3, 5, 7)), rng.integers(0, 3, (2, 5, 7))
    target[0, 1, 2] = target[1, 4, 6] = -100
    matrix = np.zeros((3, 3), int)
    for item in np.ndindex(2, 5, 7):
        if target[item] != -100:
            best = max(range(3), key=lambda c: prediction[item[0], c, item[1], item[2]])
            matrix[target[item], best] += 1
    np.testing.assert_array_equal(confusion_matrix(prediction, target), matrix)
    assert accuracy(prediction, target) == np.trace(matrix) / matrix.sum()


@settings(deadline=None)
@given(st.integers(1, 31), st.sampled_from(sorted(METRICS)))
def test_statistics_of_parts_add_up_to_those_of_the_whole(size, name):
    prediction, target = scores(n_classes=6)
    if name in ("mean_absolute_error", "r2"):
        target = prediction[::-1]
    metric = METRICS[name]()
    parts = [metric.statistics(prediction[i:i + size], target[i:i + size]) for i in range(0, 31, size)]
    np.testing.assert_allclose(metric.value(reduce(add, parts)), metric(prediction, target), rtol=1e-12)


@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_one_score_decides_between_two_classes(shape):
    logits = np.array([-2.0, 3.0, -0.5, 0.1, -4.0, 0.7]).reshape(shape)
    target = np.array([0.0, 1.0, 1.0, 1.0, 0.0, 0.0]).reshape(shape)
    assert accuracy(logits, target) == 4 / 6
    assert confusion_matrix(logits, target).tolist() == [[2, 1], [1, 2]]
    probabilities = 1 / (1 + np.exp(-logits))
    assert Accuracy(threshold=0.5)(probabilities, target.astype(int)) == 4 / 6


def test_shares_of_classes_as_target():
    prediction, target = scores()
    smooth = np.full((31, 4), 0.05)
    smooth[np.arange(31), target] = 0.85
    assert accuracy(prediction, smooth) == accuracy(prediction, target)


def test_small_integers_as_target():
    prediction, target = scores(n_classes=20)
    np.testing.assert_array_equal(confusion_matrix(prediction, target.astype(np.uint8)),
                                  confusion_matrix(prediction, target))


def test_nothing_judged_is_not_a_number():
    assert np.isnan(accuracy(np.ones((2, 3)), np.array([-100, -100])))
    assert np.isnan(mean_absolute_error(np.ones((0, 3)), np.ones((0, 3))))


@pytest.mark.parametrize(("prediction", "target", "error", "shown"), [
    ((5, 1), np.zeros(5, int), ShapeError, r"Accuracy expected target as one integer for each item of prediction "
                                           r"\(5, 1\), or of its shape, got int64 of shape \(5,\)"),
    ((5, 3), np.zeros(4, int), ShapeError, r"prediction \(5, 3\), or of its shape, got int64 of shape \(4,\)"),
    ((5, 3), np.zeros(5), ShapeError, "got float64"),
    ((5, 3), np.ones((5, 3)), ValueRangeError, "to hold each class's share, adding up to 1 along axis 1"),
])
def test_targets_that_do_not_fit(prediction, target, error, shown):
    with pytest.raises(error, match=shown):
        accuracy(np.zeros(prediction), target)


def test_classes_that_do_not_exist():
    with pytest.raises(ValueRangeError, match="ConfusionMatrix expected classes from 0 to 2 in target, got 0 to 3"):
        confusion_matrix(np.zeros((4, 3)), np.arange(4))
    with pytest.raises(ShapeError, match=r"MeanAbsoluteError expected target of the shape of prediction, \(4, 1\), "
                                         r"got \(4,\)"):
        mean_absolute_error(np.zeros((4, 1)), np.zeros(4))


def test_metrics_by_name():
    assert all(type(find_metric(name)) is kind for name, kind in METRICS.items())
    own = ConfusionMatrix(ignore_index=0)
    assert find_metric(own) is own
    with pytest.raises(UnknownNameError, match="unknown metric 'acuracy' – did you mean 'accuracy'"):
        find_metric("acuracy")
    with pytest.raises(DtypeError, match="expected a metric as a Metric or one of the names accuracy, "):
        find_metric(Accuracy)


def test_surprise_is_that_of_torch_and_a_slow_loop():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    prediction, target = 5 * rng.normal(size=(3, 6, 4)), rng.integers(0, 6, (3, 4))
    target[1, 2] = -100
    nats = torch.nn.functional.cross_entropy(torch.tensor(prediction), torch.tensor(target)).item()
    assert bits_per_character(prediction, target) == pytest.approx(nats / np.log(2), rel=1e-12)
    assert perplexity(prediction, target) == pytest.approx(np.exp(nats), rel=1e-12)
    parts = [bits_per_character.statistics(prediction[rows], target[rows]) for rows in (slice(2), slice(2, 3))]
    assert bits_per_character.value(sum(parts)) == pytest.approx(bits_per_character(prediction, target), rel=1e-12)


def test_surprise_stays_finite_where_floats_do_not():
    scores = np.array([[1000.0, -1000.0]])
    assert bits_per_character(scores, np.array([1])) == pytest.approx(2000 / np.log(2))
    assert np.isfinite(perplexity(scores, np.array([1])))
    assert np.isnan(perplexity(scores, np.array([-100])))


def test_a_sequence_counts_only_when_it_is_right_at_every_place():
    target = np.array([[0, 1, 2], [2, -100, 0], [1, 1, 1]])
    answer = np.array([[0, 1, 2], [2, 2, 0], [1, 1, 2]])
    prediction = np.eye(3)[answer].transpose(0, 2, 1)
    assert exact_sequences(prediction, target) == pytest.approx(2 / 3)


@pytest.mark.parametrize("metric", [bits_per_character, exact_sequences])
def test_other_targets_are_refused(metric):
    with pytest.raises(ShapeError, match="expected target as one integer for each item of prediction"):
        metric(np.zeros((2, 3, 4)), np.zeros((2, 5), int))
