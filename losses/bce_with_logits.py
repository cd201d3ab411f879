"""Sigmoid and binary cross-entropy as one loss of the logits."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Array
from ..layers.kernels import sigmoid
from .elementwise_loss import ElementwiseLoss
from .loss import Reduction
from .weight import weight_buffer

__all__ = ["BCEWithLogitsLoss"]


class BCEWithLogitsLoss(ElementwiseLoss):
    """Binary cross-entropy of sigmoid(prediction) with a target in [0, 1], each element a yes-or-no of its own.

    Formula: value = (1 - target) * prediction + certainty * log(1 + exp(-prediction)),
             certainty = 1 + (pos_weight - 1) * target; the terms are weight * value

    Shapes:
        prediction:         any, logits
        target:             that of prediction
        weight, pos_weight: any that broadcast to it; pos_weight > 1 buys recall, < 1 precision

    Gradients:
        grad_prediction = scale * weight * (1 - target - certainty * sigmoid(-prediction)), which without
                          pos_weight is sigmoid(prediction) - target

    Cost: one exponential and one logarithm per element; keeps ``prediction`` and ``target``.

    Source: Goodfellow et al. 2016, section 6.2.2.2 (softplus never saturates when wrong).

    Example:
        >>> round(BCEWithLogitsLoss().forward(np.array([0.0, 2.0]), np.array([1.0, 0.0])), 6)
        1.410038
    """

    def __init__(self, weight: Sequence[float] | Array | None = None, reduction: Reduction = "mean",
                 pos_weight: Sequence[float] | Array | None = None) -> None:
        super().__init__(reduction)
        self.weight = weight_buffer(weight, "weight", "BCEWithLogitsLoss")
        self.pos_weight = weight_buffer(pos_weight, "pos_weight", "BCEWithLogitsLoss")

    def value(self, prediction: Array, target: Array) -> Array:
        softplus = np.log1p(np.exp(-np.abs(prediction))) - np.minimum(prediction, 0)        # log(1 + exp(-prediction))
        value: Array = (1 - target) * prediction + self._certainty(prediction, target) * softplus
        return value

    def slope(self, prediction: Array, target: Array) -> Array:
        slope: Array = 1 - target - self._certainty(prediction, target) * sigmoid(-prediction)
        return slope

    def curvature(self, prediction: Array, target: Array) -> Array:
        curvature: Array = self._certainty(prediction, target) * sigmoid(prediction) * sigmoid(-prediction)
        return curvature

    def _certainty(self, prediction: Array, target: Array) -> Array | float:
        if self.pos_weight is None:
            return 1.0
        return 1 + (self.factor("pos_weight", self.pos_weight, prediction) - 1) * target
