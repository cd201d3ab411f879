"""Margins of single scores whose target is 1 or -1."""

import numpy as np

from ..layers.core import Array
from ..layers.kernels import sigmoid
from .elementwise_loss import ElementwiseLoss
from .loss import Reduction

__all__ = ["HingeEmbeddingLoss", "SoftMarginLoss"]


class SoftMarginLoss(ElementwiseLoss):
    """Logistic loss of a score and a sign, ``log(1 + exp(-target * prediction))``.

    Shapes:
        prediction: any, scores; target: that of prediction, 1 or -1

    Gradients:
        grad_prediction = -scale * target * sigmoid(-target * prediction)

    Cost: one exponential per element; keeps ``prediction`` and ``target``.

    Source: Hastie et al. 2009, section 10.6; torch.nn.SoftMarginLoss.

    Example:
        >>> round(SoftMarginLoss().forward(np.array([0.0, 2.0]), np.array([1.0, -1.0])), 6)
        1.410038
    """

    def value(self, prediction: Array, target: Array) -> Array:
        return np.asarray(np.logaddexp(0, -target * prediction))

    def slope(self, prediction: Array, target: Array) -> Array:
        return np.asarray(-target * sigmoid(-target * prediction))

    def curvature(self, prediction: Array, target: Array) -> Array:
        return np.asarray(target**2 * sigmoid(prediction) * sigmoid(-prediction))


class HingeEmbeddingLoss(ElementwiseLoss):
    """Distances that should be small where the target is 1, and at least ``margin`` where it is -1.

    ``prediction`` where ``target == 1``, ``max(0, margin - prediction)`` where ``target == -1``.

    Shapes:
        prediction: any, distances; target: that of prediction, 1 or -1

    Gradients:
        grad_prediction = scale where target is 1, -scale where it is -1 and prediction < margin, else 0

    Cost: a few passes; keeps ``prediction`` and ``target``.

    Source: Hadsell, Chopra & LeCun 2006; torch.nn.HingeEmbeddingLoss.

    Example:
        >>> HingeEmbeddingLoss(reduction="none").forward(np.array([0.25, 0.25]), np.array([1.0, -1.0])).tolist()
        [0.25, 0.75]
    """

    locally_linear = True

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def value(self, prediction: Array, target: Array) -> Array:
        far = np.where(target != 1, np.maximum(self.margin - prediction, 0), 0)
        return np.asarray(far + np.where(target != -1, prediction, 0))

    def slope(self, prediction: Array, target: Array) -> Array:
        near = (target != 1) & (prediction < self.margin)
        return np.asarray((target != -1).astype(prediction.dtype) - near)
