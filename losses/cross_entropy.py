"""Softmax and the negative logarithm of the probability of the right class, as one loss."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Array, Shape, Share, ValueRangeError, as_dtype, check_range, check_shape
from ..layers.kernels import scaled_rows, softmax_rows
from .class_loss import ClassLoss, to_rows
from .loss import Reduction
from .wanted import WantedClasses, WantedShares

__all__ = ["CrossEntropyLoss"]


class CrossEntropyLoss(ClassLoss):
    """Cross-entropy of softmax(prediction) with the class wanted, or with a wanted distribution over the classes.

    Formula: loss = -sum(wanted * log(softmax(prediction))) over the classes, where wanted is ``weight`` at the right
    class; label_smoothing takes that part of it away and spreads it evenly. "mean" divides by the sum of the wanted
    classes' weights, or by the number of items where the target is a distribution.

    Shapes:
        prediction: (C,), (N, C) or (N, C, d1, ...), unnormalised scores
        target:     (), (N,) or (N, d1, ...) integers; or a distribution of the shape of prediction
        weight:     (C,)

    Gradients:
        grad_prediction = scale * (softmax(prediction) * wanted.sum() - wanted)

    Cost: one exponential per score; keeps softmax(prediction), one array.

    Source: Goodfellow et al. 2016, sections 6.2.2.3 and 7.5.1; Szegedy et al. 2016, section 7 (smoothing).

    Example:
        >>> loss = CrossEntropyLoss()
        >>> round(loss.forward(np.zeros((2, 4)), np.array([0, 3])), 6)      # log(4): no idea
        1.386294
        >>> loss.backward().tolist()[0]
        [-0.375, 0.125, 0.125, 0.125]
    """

    def __init__(self, weight: Sequence[float] | Array | None = None, ignore_index: int = -100,
                 reduction: Reduction = "mean", label_smoothing: Share = 0.0) -> None:
        super().__init__(weight, reduction, ignore_index)
        self.label_smoothing = check_range(label_smoothing, 0.0, 1.0, name="label_smoothing", owner="CrossEntropyLoss")

    def wanted(self, shape: Shape, rows: Array, target: Array) -> WantedClasses | WantedShares:
        smoothing, even = self.label_smoothing, self.label_smoothing / rows.shape[1]
        class_weight = self.class_weight(rows)
        if target.dtype.kind == "f" and target.ndim == len(shape):
            check_shape(target, shape, name="target", owner=self)
            if self.ignore_index is not None and self.ignore_index >= 0:
                raise ValueRangeError(f"{self.title} got a distribution as target, in which ignore_index can not be "
                                      f"found; pass class indices, or leave ignore_index at -100")
            share = as_dtype(to_rows(target), rows.dtype) * (1 - smoothing) + even
            return WantedShares(share if class_weight is None else share * class_weight, len(rows))
        wanted = self.wanted_classes(shape, rows, target)
        if smoothing == 0:
            return wanted
        share = np.zeros_like(rows)
        share[wanted.row] = even if class_weight is None else even * class_weight
        share[wanted.row, wanted.label] += (1 - smoothing) * wanted.weight
        return WantedShares(share, wanted.divisor)

    def row_terms(self, rows: Array, wanted: WantedClasses | WantedShares) -> tuple[Array, Array]:
        probability, total, top = softmax_rows(rows)
        return wanted.mass(rows) * np.log(total[:, 0]) - wanted.dot(rows, top), probability

    def row_backward(self, probability: Array, wanted: WantedClasses | WantedShares, scale: float | Array) -> Array:
        grad = scaled_rows(probability, wanted.mass(probability) * scale)
        wanted.subtract_from(grad, scale)
        return grad

    def row_hvp(self, probability: Array, wanted: WantedClasses | WantedShares, scale: float,
                rows_dot: Array) -> Array:
        mean_dot = (probability * rows_dot).sum(axis=1, keepdims=True)
        hvp: Array = probability * (rows_dot - mean_dot) * (wanted.mass(probability) * scale)[:, None]
        return hvp
