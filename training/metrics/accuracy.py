"""How often the right class was predicted."""

import numpy as np

from ...layers.core import Array
from .class_metric import ClassMetric

__all__ = ["Accuracy", "accuracy"]


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


accuracy = Accuracy()
