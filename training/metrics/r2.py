"""How much of the targets' variance predictions explain."""

from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, ShapeError, show_shape
from .metric import Metric

__all__ = ["R2", "r2"]


class Part(NamedTuple):
    """What is known of each output over some samples: their number, the targets' mean, and sums of squares."""

    items: int
    mean: Array
    spread: Array
    misfit: Array


class R2(Metric):
    """The coefficient of determination: 1 is perfect, 0 is no better than the mean of the targets.

    Formula: r2 = 1 - ((target - prediction)**2).sum(0) / ((target - target.mean(0))**2).sum(0), mean over the outputs
    An output whose targets are all equal counts 1 where it is predicted exactly, else 0. The spreads of batches are
    joined about their common mean, for sums of squares alone would lose the digits of targets far from zero.

    Shapes: (N, ...), the same for both.

    Source: sklearn.metrics.r2_score; Chan, Golub & LeVeque 1979 for joining.

    Example:
        >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
        0.7857142857142857
    """

    name = "r2"

    def statistics(self, prediction: Array, target: Array) -> list[Part]:
        if prediction.shape != target.shape or not prediction.ndim:
            raise ShapeError(f"R2 expected target of the shape of prediction, {show_shape(prediction.shape)}, got "
                             f"{show_shape(target.shape)}")
        if not len(target):
            return []
        wanted, found = (each.reshape(len(target), -1).astype(np.float64) for each in (target, prediction))
        mean = wanted.mean(axis=0)
        return [Part(len(wanted), mean, ((wanted - mean) ** 2).sum(axis=0), ((wanted - found) ** 2).sum(axis=0))]

    def value(self, statistics: Any) -> float:
        if not statistics:
            return float("nan")
        items, means, spreads, misfits = (np.array(each) for each in zip(*statistics, strict=True))
        mean = np.average(means, axis=0, weights=items)
        spread = spreads.sum(axis=0) + (items[:, None] * (means - mean) ** 2).sum(axis=0)
        misfit = misfits.sum(axis=0)
        constant = spread == 0
        share = np.divide(misfit, spread, out=np.where(misfit == 0, 0.0, 1.0), where=~constant)
        return float((1 - share).mean())


r2 = R2()
