"""How well scores put one class before the other, whatever threshold is chosen later: the area under the ROC curve."""

import math
from typing import Any

import numpy as np

from ...layers.core import Array, ShapeError, show_shape
from ...layers.core.optional import scipy
from .metric import Metric

__all__ = ["AUC", "auc"]


class AUC(Metric):
    """The chance that an item of the class has a higher score than one of the others; ties count one half.

    Of two classes that is class 1; of more, the plain mean over the classes that occur, each against the rest. Scores
    of several classes become probabilities by softmax, unless ``probabilities`` says that they are. No sum can hold
    what a ranking needs: the statistics are a list of scores and targets, whose parts are joined.

    Formula: auc = (ranks of the items of the class).sum() - P * (P + 1) / 2, divided by P * (items - P)

    Shapes:
        prediction: (N,), (N, 1) or (N, C)
        target:     the shape of prediction, 0 and 1; or (N,) integers, ``ignore_index`` where not judged

    Cost: keeps all scores of a data set until its end.

    Source: Hanley & McNeil 1982; sklearn.metrics.roc_auc_score, for several classes with multi_class="ovr".

    Example:
        >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.0, 0.0, 1.0, 1.0]))
        0.75
    """

    name = "auc"

    def __init__(self, probabilities: bool = False, ignore_index: int = -100) -> None:
        self.probabilities = probabilities
        self.ignore_index = ignore_index

    def statistics(self, prediction: Array, target: Array) -> list[tuple[Array, Array]]:
        scores = prediction.reshape(-1, 1) if prediction.ndim == 1 else prediction
        if scores.ndim != 2 or (target.shape != prediction.shape if scores.shape[1] == 1 else
                                target.shape != scores.shape[:1] or target.dtype.kind not in "iu"):
            raise ShapeError(f"AUC expected prediction (N, C) with target as one integer for each row, or one score "
                             f"for each of target's zeros and ones, got prediction {show_shape(prediction.shape)} and "
                             f"target {target.dtype} of shape {show_shape(target.shape)}")
        target = target.reshape(-1)
        judged = target != self.ignore_index
        return [(scores[judged].astype(np.float64), target[judged])]

    def value(self, statistics: Any) -> float:
        scores, target = (np.concatenate(parts) for parts in zip(*statistics, strict=True))
        if scores.shape[1] > 1 and not self.probabilities:
            scores = scipy.special.softmax(scores, axis=1)
        if scores.shape[1] <= 2:
            return _area(scores[:, -1], target > 0.5)
        areas = [_area(scores[:, label], target == label) for label in range(scores.shape[1])]
        found = [area for area in areas if not math.isnan(area)]
        return float(np.mean(found)) if found else math.nan


def _area(scores: Array, positive: Array) -> float:
    """Return the area for the items that are ``positive``; not a number where there are none, or no others."""
    count = np.count_nonzero(positive)
    pairs = count * (len(positive) - count)
    ranks = scipy.stats.rankdata(scores)[positive].sum()
    return float((ranks - count * (count + 1) / 2) / pairs) if pairs else math.nan


auc = AUC()
