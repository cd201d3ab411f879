"""Binary cross-entropy of probabilities."""

from collections.abc import Sequence

import numpy as np

from ..layers.core import Array, ValueRangeError
from .elementwise_loss import ElementwiseCache, ElementwiseLoss
from .loss import Reduction
from .weight import weight_buffer

__all__ = ["BCELoss"]


class BCELoss(ElementwiseLoss):
    """Binary cross-entropy, ``-(target log(prediction) + (1 - target) log(1 - prediction))``, logarithms >= -100.

    For training prefer BCEWithLogitsLoss, which can not saturate.

    Shapes:
        prediction: any, probabilities in [0, 1]
        target:     that of prediction
        weight:     any that broadcasts to it

    Gradients:
        grad_prediction = scale * weight * (prediction - target) / max(prediction (1 - prediction), 1e-12)

    Cost: two logarithms per element; keeps ``prediction`` and ``target``.

    Raises: ValueRangeError for a prediction outside of [0, 1].

    Source: Goodfellow et al. 2016, section 5.5; limits as in torch.nn.BCELoss.

    Example:
        >>> round(BCELoss().forward(np.array([0.5, 0.25]), np.array([1.0, 0.0])), 6)
        0.490415
    """

    def __init__(self, weight: Sequence[float] | Array | None = None, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.weight = weight_buffer(weight, "weight", "BCELoss")

    def terms(self, prediction: Array, target: Array) -> tuple[Array, ElementwiseCache]:
        if isinstance(prediction, np.ndarray) and prediction.size and not (
                prediction.min() >= 0 and prediction.max() <= 1):
            raise ValueRangeError(f"{self.title} expected prediction in [0, 1], got {prediction.min():g} to "
                                  f"{prediction.max():g}; put Sigmoid() before it, or use BCEWithLogitsLoss")
        return super().terms(prediction, target)

    def value(self, prediction: Array, target: Array) -> Array:
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(prediction), -100), np.maximum(np.log1p(-prediction), -100)
        value: Array = -(target * yes + (1 - target) * no)
        return value

    def slope(self, prediction: Array, target: Array) -> Array:
        slope: Array = (prediction - target) / np.maximum(prediction * (1 - prediction), 1e-12)
        return slope

    def curvature(self, prediction: Array, target: Array) -> Array:
        yes, no = np.maximum(prediction, 1e-12), np.maximum(1 - prediction, 1e-12)
        curvature: Array = target / yes**2 + (1 - target) / no**2
        return curvature
