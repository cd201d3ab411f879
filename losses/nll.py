"""The negative log-likelihood of the right class, given log-probabilities."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Array, Shape
from .class_loss import ClassLoss
from .loss import Reduction
from .wanted import WantedClasses

__all__ = ["NLLLoss"]


class NLLLoss(ClassLoss):
    """Negative log-likelihood: minus the log-probability that the prediction gives to the right class.

    Formula: loss = -weight[target] * prediction[target] for each item; "mean" divides by the sum of these weights

    Shapes:
        prediction: (C,), (N, C) or (N, C, d1, ...), log-probabilities, for example from LogSoftmax
        target:     (), (N,) or (N, d1, ...) integers
        weight:     (C,)

    Gradients:
        grad_prediction = -scale * weight at the right class, zero elsewhere

    Cost: one look-up per item; keeps the target.

    Source: Goodfellow et al. 2016, section 5.5; torch.nn.NLLLoss.

    Example:
        >>> loss = NLLLoss(reduction="sum")
        >>> round(loss.forward(np.log(np.array([[0.25, 0.75], [0.5, 0.5]])), np.array([0, 1])), 6)      # log(4 * 2)
        2.079442
        >>> loss.backward().tolist()
        [[-1.0, 0.0], [0.0, -1.0]]
    """

    locally_linear = True

    def __init__(self, weight: Sequence[float] | Array | None = None, ignore_index: int = -100,
                 reduction: Reduction = "mean") -> None:
        super().__init__(weight, reduction, ignore_index)

    def row_terms(self, rows: Array, wanted: WantedClasses) -> tuple[Array, Shape]:
        return -wanted.dot(rows), rows.shape

    def row_backward(self, shape: Shape, wanted: WantedClasses, scale: float | Array) -> Array:
        grad = np.zeros(shape, wanted.weight.dtype)
        wanted.subtract_from(grad, scale)
        return grad

    def row_hvp(self, shape: Shape, wanted: WantedClasses, scale: float, rows_dot: Array) -> Array:
        return np.zeros(shape, wanted.weight.dtype)
