"""Which classes were taken for which."""

from typing import Any

import numpy as np

from ...layers.core import Array, ValueRangeError
from .class_metric import ClassMetric

__all__ = ["ConfusionMatrix", "confusion_matrix"]


class ConfusionMatrix(ClassMetric):
    """How often class ``i`` was wanted and class ``j`` predicted, as ``matrix[i, j]``.

    Shapes: those of ``ClassMetric``; the matrix is (C, C), integers.

    Source: orientation as in sklearn.metrics.confusion_matrix.

    Example:
        >>> confusion_matrix(np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 0, 0])).tolist()
        [[1, 1], [0, 1]]
    """

    name = "confusion_matrix"
    higher_is_better: bool | None = None

    def statistics(self, prediction: Array, target: Array) -> Array:
        predicted, wanted, classes = self.classes(prediction, target)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < classes:
            raise ValueRangeError(f"{type(self).__name__} expected classes from 0 to {classes - 1} in target, got "
                                  f"{wanted.min()} to {wanted.max()}")
        return np.bincount(wanted * np.intp(classes) + predicted, minlength=classes * classes).reshape(classes, classes)

    def value(self, statistics: Array) -> Any:
        return statistics


confusion_matrix = ConfusionMatrix()
