"""Metrics of classes: which class a prediction stands for, and which was wanted, once for the family."""

import numpy as np

from ...layers.core import Array, ShapeError, ValueRangeError, show_shape
from .metric import Metric

__all__ = ["ClassMetric"]


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
