"""The multi-class hinge: every wrong class should score less than the right one by a margin."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Array, ValueRangeError
from .class_loss import ClassLoss
from .loss import Reduction
from .wanted import WantedClasses

__all__ = ["MultiMarginLoss"]


class MultiMarginLoss(ClassLoss):
    """Multi-class hinge: how far wrong classes come within a ``margin`` of the right one, in the mean over classes.

    Formula: excess = max(0, margin - prediction[target] + prediction) for every class but the target;
             loss = weight[target] * (excess**p).sum() / C for each item; "mean" divides by the number of items

    Shapes:
        prediction: (C,) or (N, C), scores
        target:     () or (N,) integers
        weight:     (C,)

    Gradients:
        grad_prediction = scale * weight[target] / C * p * excess**(p - 1) for the classes with excess > 0, and
                          minus their sum for the target

    Cost: a few passes over the scores; keeps ``excess``, one array.

    Source: Crammer & Singer 2001 (p = 1); torch.nn.MultiMarginLoss.

    Example:
        >>> MultiMarginLoss().forward(np.array([[0.5, 1.0, 0.0, -3.0]]), np.array([1]))     # (0.5 + 0 + 0) / 4
        0.125
    """

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Sequence[float] | Array | None = None,
                 reduction: Reduction = "mean") -> None:
        super().__init__(weight, reduction)
        if p not in (1, 2):
            raise ValueRangeError(f"MultiMarginLoss expected p as 1 or 2, got {p!r}")
        self.p = p
        self.margin = margin

    def divisor(self, terms: Array, own: object) -> float:
        return terms.size

    def row_terms(self, rows: Array, wanted: WantedClasses) -> tuple[Array, Array]:
        excess = np.maximum(rows - (rows[wanted.row, wanted.label] - self.margin)[:, None], 0)
        excess[wanted.row, wanted.label] = 0
        terms: Array = wanted.weight / rows.shape[1] * (excess ** self.p).sum(axis=1)
        return terms, excess

    def row_backward(self, excess: Array, wanted: WantedClasses, scale: float | Array) -> Array:
        slope = (excess > 0) if self.p == 1 else 2 * excess
        grad: Array = slope * (wanted.weight * scale / excess.shape[1])[:, None]
        grad[wanted.row, wanted.label] = -grad.sum(axis=1)
        return grad

    def row_hvp(self, excess: Array, wanted: WantedClasses, scale: float, rows_dot: Array) -> Array:
        if self.p == 1:
            return np.zeros_like(excess)
        distance_dot = rows_dot - rows_dot[wanted.row, wanted.label][:, None]
        hvp: Array = 2 * (excess > 0) * distance_dot * (wanted.weight * scale / excess.shape[1])[:, None]
        hvp[wanted.row, wanted.label] = -hvp.sum(axis=1)
        return hvp
