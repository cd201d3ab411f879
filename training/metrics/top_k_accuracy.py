"""How often the right class is among the few that were found likeliest."""

import numpy as np

from ...layers.core import Array, ShapeError, Size, ValueRangeError, check_size, show_shape
from .metric import Metric

__all__ = ["TopKAccuracy", "top_k_accuracy"]


class TopKAccuracy(Metric):
    """The share of items whose class is among the ``k`` highest scores, ``hits / judged``.

    Where scores are equal, the class of the lower number stands first, so that ``k=1`` is ``Accuracy``.

    Shapes:
        prediction: (N, C, ...) scores, C above ``k``
        target:     (N, ...) integers, ``ignore_index`` where not judged

    Example:
        >>> TopKAccuracy(k=2)(np.array([[0.1, 0.3, 0.6], [0.8, 0.2, 0.0]]), np.array([1, 2]))
        0.5
    """

    def __init__(self, k: Size = 5, ignore_index: int = -100) -> None:
        self.k = check_size(k, "k", "TopKAccuracy")
        self.ignore_index = ignore_index
        self.name = f"top_{k}_accuracy"

    def statistics(self, prediction: Array, target: Array) -> Array:
        if prediction.ndim < 2 or target.shape != (prediction.shape[0], *prediction.shape[2:]) \
                or target.dtype.kind not in "iu":
            raise ShapeError(f"TopKAccuracy expected target as one integer for each item of prediction "
                             f"{show_shape(prediction.shape)}, got {target.dtype} of shape {show_shape(target.shape)}")
        if prediction.shape[1] <= self.k:
            raise ValueRangeError(f"TopKAccuracy expected more than k = {self.k} classes, got {prediction.shape[1]}, "
                                  f"among which the right one always is; lower k")
        judged = target != self.ignore_index
        scores = np.moveaxis(prediction, 1, -1)[judged]         # (N, C, ...) -> (judged, C)
        wanted = target[judged][:, None]
        own = np.take_along_axis(scores, wanted, axis=1)
        before = (scores > own) | ((scores == own) & (np.arange(scores.shape[1]) < wanted))
        return np.array([np.count_nonzero(before.sum(axis=1) < self.k), len(wanted)])

    def value(self, statistics: Array) -> float:
        hits, judged = statistics.tolist()
        return hits / judged if judged else float("nan")


top_k_accuracy = TopKAccuracy()
