"""How far predictions are from their targets."""

import numpy as np

from ...layers.core import Array, ShapeError, show_shape
from .metric import Metric

__all__ = ["MeanAbsoluteError", "mean_absolute_error"]


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


mean_absolute_error = MeanAbsoluteError()
