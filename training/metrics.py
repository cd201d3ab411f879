"""Metrics: numbers that judge predictions, exact over any division of the data into batches."""

import math
from typing import Any

import numpy as np

from ..layers.core import Array, DtypeError, ShapeError, UnknownNameError, ValueRangeError, show_shape

__all__ = ["METRICS", "Accuracy", "BitsPerCharacter", "ConfusionMatrix", "ExactSequences", "MeanAbsoluteError",
           "Metric", "Perplexity", "accuracy", "bits_per_character", "confusion_matrix", "exact_sequences",
           "find_metric", "mean_absolute_error", "perplexity"]


class Metric:
    """A judgement of predictions, ``value(statistics(prediction, target))``, called as a function of the two.

    ``statistics`` are counts and sums: those of a whole are the sum of those of its parts. So a metric keeps nothing,
    and adding statistics up over batches (or over processes) is exact, where averaging values would not be.

    Attributes:
        name:             what it is called in a history and in YAML
        higher_is_better: which way is up, for whoever waits for an improvement; None: no number to be compared
    """

    name: str
    higher_is_better: bool | None = True

    def statistics(self, prediction: Array, target: Array) -> Array:
        """Return counts and sums over the samples of a batch."""
        raise NotImplementedError(f"{type(self).__name__}.statistics")

    def value(self, statistics: Array) -> Any:
        """Return the metric, given the sum of the statistics of all batches."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def __call__(self, prediction: Array, target: Array) -> Any:
        return self.value(self.statistics(prediction, target))


class ClassMetric(Metric):
    """A metric of the class predicted and the class wanted.

    Shapes:
        prediction: (N, C, ...) scores, the highest wins; or (N,) or (N, 1, ...) scores of class 1 against class 0,
                    which it wins above ``threshold`` (0 for logits, 0.5 for probabilities)
        target:     (N, ...) integers, ``ignore_index`` where not judged; or the shape of prediction: shares of the
                    classes, or 0 and 1 where there is one score
    """

    def __init__(self, threshold: float = 0.0, ignore_index: int = -100) -> None:
        self.threshold = threshold
        self.ignore_index = ignore_index

    def classes(self, prediction: Array, target: Array) -> tuple[Array, Array, int]:
        """Return the classes predicted and wanted, one after the other, and how many classes there are."""
        scores = prediction.shape[1] if prediction.ndim > 1 else 1
        if target.shape == prediction.shape:
            if scores > 1:
                return prediction.argmax(axis=1).ravel(), self._largest_share(target).ravel(), scores
            return (prediction > self.threshold).ravel(), (target > 0.5).ravel(), 2
        if scores == 1 or target.shape != (prediction.shape[0], *prediction.shape[2:]) or target.dtype.kind not in "iu":
            raise ShapeError(f"{type(self).__name__} expected target as one integer for each item of prediction "
                             f"{show_shape(prediction.shape)}, or of its shape, got {target.dtype} of shape "
                             f"{show_shape(target.shape)}")
        judged = target != self.ignore_index
        return prediction.argmax(axis=1)[judged], target[judged], scores

    def _largest_share(self, target: Array) -> Array:
        if not np.allclose(target.sum(axis=1), 1, atol=1e-3):
            raise ValueRangeError(f"{type(self).__name__} expected a target of the shape of prediction, "
                                  f"{show_shape(target.shape)}, to hold each class's share, adding up to 1 along "
                                  f"axis 1; pass class indices")
        return np.asarray(target.argmax(axis=1))


class Accuracy(ClassMetric):
    """The share of items whose class is predicted rightly, ``correct / judged``.

    Shapes: those of ``ClassMetric``: scores (N, C, ...) and class indices (N, ...), or one score for two classes.

    Example:
        >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 0, 0]))
        0.6666666666666666
    """

    name = "accuracy"

    def statistics(self, prediction: Array, target: Array) -> Array:
        predicted, wanted, _ = self.classes(prediction, target)
        return np.array([np.count_nonzero(predicted == wanted), predicted.size])

    def value(self, statistics: Array) -> float:
        correct, judged = statistics.tolist()
        return correct / judged if judged else float("nan")


class ConfusionMatrix(ClassMetric):
    """How often class ``i`` was wanted and class ``j`` predicted, as ``matrix[i, j]``.

    Shapes: those of ``ClassMetric``; the matrix is (C, C), integers.

    Source: orientation as in sklearn.metrics.confusion_matrix.

    Example:
        >>> confusion_matrix(np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 0, 0])).tolist()
        [[1, 1], [0, 1]]
    """

    name = "confusion_matrix"
    higher_is_better = None

    def statistics(self, prediction: Array, target: Array) -> Array:
        predicted, wanted, classes = self.classes(prediction, target)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < classes:
            raise ValueRangeError(f"ConfusionMatrix expected classes from 0 to {classes - 1} in target, got "
                                  f"{wanted.min()} to {wanted.max()}")
        return np.bincount(wanted * np.intp(classes) + predicted, minlength=classes * classes).reshape(classes, classes)

    def value(self, statistics: Array) -> Array:
        return statistics


class MeanAbsoluteError(Metric):
    """The mean distance of predictions from their targets, ``|prediction - target|.sum() / prediction.size``.

    Shapes: any, the same for both.

    Example:
        >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        1.5
    """

    name = "mean_absolute_error"
    higher_is_better = False

    def statistics(self, prediction: Array, target: Array) -> Array:
        if prediction.shape != target.shape:
            raise ShapeError(f"MeanAbsoluteError expected target of the shape of prediction, "
                             f"{show_shape(prediction.shape)}, got {show_shape(target.shape)}")
        return np.array([np.abs(prediction - target).sum(dtype=np.float64), prediction.size])

    def value(self, statistics: Array) -> float:
        distance, count = statistics.tolist()
        return distance / count if count else float("nan")


class ExactSequences(ClassMetric):
    """The share of sequences that are predicted rightly at every place.

    Under teacher forcing it is the very share that greedy decoding gets right: as long as all was right, the two are
    given the same.

    Shapes:
        prediction: (N, C, T) scores, the highest wins
        target:     (N, T) integers, ``ignore_index`` where not judged

    Example:
        >>> exact_sequences(np.eye(3)[None, :, [0, 1]], np.array([[0, 1]]))
        1.0
    """

    name = "exact_sequences"

    def statistics(self, prediction: Array, target: Array) -> Array:
        self.classes(prediction, target)
        right = (prediction.argmax(axis=1) == target) | (target == self.ignore_index)
        return np.array([np.count_nonzero(right.reshape(len(target), -1).all(axis=1)), len(target)])

    def value(self, statistics: Array) -> float:
        correct, judged = statistics.tolist()
        return correct / judged if judged else float("nan")


class Surprise(Metric):
    """How surprised a network is by the classes wanted: ``-log(softmax(prediction)[target])``, mean over the items.

    Shapes:
        prediction: (N, C, ...) scores
        target:     (N, ...) integers, ``ignore_index`` where not judged
    """

    higher_is_better = False

    def __init__(self, ignore_index: int = -100) -> None:
        self.ignore_index = ignore_index

    def statistics(self, prediction: Array, target: Array) -> Array:
        if prediction.ndim < 2 or target.shape != (prediction.shape[0], *prediction.shape[2:]) \
                or target.dtype.kind not in "iu":
            raise ShapeError(f"{type(self).__name__} expected target as one integer for each item of prediction "
                             f"{show_shape(prediction.shape)}, got {target.dtype} of shape {show_shape(target.shape)}")
        judged = target != self.ignore_index
        scores = prediction - prediction.max(axis=1, keepdims=True)
        wanted = np.take_along_axis(scores, np.where(judged, target, 0)[:, None], axis=1)[:, 0]
        surprise = np.log(np.exp(scores).sum(axis=1)) - wanted
        return np.array([surprise[judged].sum(dtype=np.float64), np.count_nonzero(judged)])

    def mean(self, statistics: Array) -> float:
        """Return the mean in nats."""
        total, judged = statistics.tolist()
        return total / judged if judged else float("nan")


class BitsPerCharacter(Surprise):
    """The bits that a code by the network's probabilities needs for a character: its mean surprise, ``nats / log(2)``.

    Example:
        >>> bits_per_character(np.zeros((1, 8, 5)), np.zeros((1, 5), int))
        3.0
    """

    name = "bits_per_character"

    def value(self, statistics: Array) -> float:
        return self.mean(statistics) / math.log(2)


class Perplexity(Surprise):
    """Among how many classes, all as likely, a network might as well guess: ``exp(nats)`` of its mean surprise.

    Example:
        >>> round(perplexity(np.zeros((1, 8, 5)), np.zeros((1, 5), int)), 6)
        8.0
    """

    name = "perplexity"

    def value(self, statistics: Array) -> float:
        return math.exp(min(self.mean(statistics), 700.0))      # beyond, no float holds it


accuracy = Accuracy()
bits_per_character = BitsPerCharacter()
confusion_matrix = ConfusionMatrix()
exact_sequences = ExactSequences()
mean_absolute_error = MeanAbsoluteError()
perplexity = Perplexity()

METRICS: dict[str, type[Metric]] = {kind.name: kind for kind in (
    Accuracy, BitsPerCharacter, ConfusionMatrix, ExactSequences, MeanAbsoluteError, Perplexity)}


def find_metric(metric: str | Metric) -> Metric:
    """Return a metric itself, or the one of that name.

    Raises: UnknownNameError for an unknown name, DtypeError for what is neither.
    """
    if isinstance(metric, str):
        if metric not in METRICS:
            raise UnknownNameError.of("metric", metric, METRICS)
        return METRICS[metric]()
    if not isinstance(metric, Metric):
        raise DtypeError(f"expected a metric as a Metric or one of the names {', '.join(METRICS)}, got {metric!r}")
    return metric
