"""How far predicted classes can be trusted, and how many of those wanted are found: precision, recall, F1."""

import math
from typing import Annotated

import numpy as np

from ...layers.core import Array, OneOf, check_choice
from .confusion_matrix import ConfusionMatrix

__all__ = ["F1", "Precision", "Recall", "f1", "precision", "recall"]

_AVERAGES = ("auto", "binary", "macro", "micro", "weighted")


class ClassAverage(ConfusionMatrix):
    """A score that each class has, averaged over the classes.

    ``average``: "macro" is the plain mean over the classes that were wanted or predicted, "weighted" counts a class as
    often as it was wanted, "micro" adds up the counts of all classes first, and "binary" is the score of class 1 of
    two. "auto" is "binary" for two classes and "macro" for more. A score that would be 0 / 0 counts as 0.
    """

    title: str
    higher_is_better = True

    def __init__(self, average: Annotated[str, OneOf(*_AVERAGES)] = "auto", threshold: float = 0.0,
                 ignore_index: int = -100) -> None:
        super().__init__(threshold, ignore_index)
        self.average = check_choice(average, _AVERAGES, name="average", owner=type(self).__name__)
        self.name = self.title if average == "auto" else f"{self.title}_{average}"

    def parts(self, right: Array, wanted: Array, predicted: Array) -> tuple[Array, Array]:
        """Return what is divided by what, given how often each class was right, wanted and predicted."""
        raise NotImplementedError(f"{type(self).__name__}.parts")

    def value(self, statistics: Array) -> float:
        right, wanted, predicted = np.diagonal(statistics), statistics.sum(axis=1), statistics.sum(axis=0)
        if not statistics.sum():
            return math.nan
        average = self.average if self.average != "auto" else "binary" if len(statistics) == 2 else "macro"
        if average == "micro":
            right, wanted, predicted = (each.sum(keepdims=True) for each in (right, wanted, predicted))
        share, whole = self.parts(right, wanted, predicted)
        scores = np.divide(share, whole, out=np.zeros(len(whole)), where=whole > 0)
        if average == "binary":
            return float(scores[1])
        return float(np.average(scores, weights=wanted if average == "weighted" else wanted + predicted > 0))


class Precision(ClassAverage):
    """Of the items predicted to be of a class, the share that is: ``right / predicted``.

    Shapes: those of ``ClassMetric``: scores (N, C, ...) and class indices (N, ...), or one score for two classes.

    Source: averages as in sklearn.metrics.precision_score, with zero_division=0.

    Example:
        >>> precision(np.array([2.0, 3.0, -1.0, 1.0]), np.array([1.0, 1.0, 1.0, 0.0]))      # one score above 0: class 1
        0.6666666666666666
    """

    title = name = "precision"

    def parts(self, right: Array, wanted: Array, predicted: Array) -> tuple[Array, Array]:
        return right, predicted


class Recall(ClassAverage):
    """Of the items of a class, the share that is predicted to be: ``right / wanted``.

    Shapes: those of ``Precision``.

    Source: averages as in sklearn.metrics.recall_score, with zero_division=0.

    Example:
        >>> recall(np.array([2.0, 3.0, -1.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]))
        1.0
    """

    title = name = "recall"

    def parts(self, right: Array, wanted: Array, predicted: Array) -> tuple[Array, Array]:
        return right, wanted


class F1(ClassAverage):
    """The harmonic mean of precision and recall of a class, ``2 * right / (wanted + predicted)``.

    Shapes: those of ``Precision``.

    Source: van Rijsbergen 1979, chapter 7; averages as in sklearn.metrics.f1_score, with zero_division=0.

    Example:
        >>> F1(average="macro")(np.array([2.0, 3.0, -1.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]))
        0.7333333333333334
    """

    title = name = "f1"

    def parts(self, right: Array, wanted: Array, predicted: Array) -> tuple[Array, Array]:
        return 2 * right, wanted + predicted


f1 = F1()
precision = Precision()
recall = Recall()
