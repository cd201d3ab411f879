"""Kullback-Leibler divergence of a predicted from a target distribution."""

from typing import Annotated, Any

import numpy as np

from ..layers.core import Array, OneOf
from ..layers.core.optional import scipy
from .elementwise_loss import ElementwiseLoss

__all__ = ["KLDivLoss"]


class KLDivLoss(ElementwiseLoss):
    """Kullback-Leibler divergence, ``target * (log(target) - prediction)``, the prediction being log-probabilities.

    ``reduction="batchmean"`` divides the sum by the size of the first axis, which is the divergence proper;
    "mean" divides by the number of elements.

    Shapes:
        prediction: any, log-probabilities
        target:     that of prediction, probabilities; with log_target their logarithms

    Gradients:
        grad_prediction = -scale * target

    Cost: one logarithm per element; keeps ``prediction`` and ``target``.

    Source: Kullback & Leibler 1951; torch.nn.KLDivLoss.

    Example:
        >>> loss = KLDivLoss(reduction="batchmean")
        >>> round(loss.forward(np.log(np.array([[0.5, 0.5]])), np.array([[0.25, 0.75]])), 6)
        0.130812
    """

    reductions = ("mean", "batchmean", "sum", "none")
    locally_linear = True

    def __init__(self, reduction: Annotated[str, OneOf("mean", "batchmean", "sum", "none")] = "mean",
                 log_target: bool = False) -> None:
        super().__init__(reduction)
        self.log_target = log_target

    def divisor(self, terms: Array, own: Any) -> float:
        return (terms.shape[0] if terms.ndim else 1) if self.reduction == "batchmean" else terms.size

    def value(self, prediction: Array, target: Array) -> Array:
        if self.log_target:
            return np.asarray(np.exp(target) * (target - prediction))
        return np.asarray(scipy.special.xlogy(target, target) - target * prediction)

    def slope(self, prediction: Array, target: Array) -> Array:
        return -np.exp(target) if self.log_target else -target
