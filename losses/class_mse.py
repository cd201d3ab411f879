"""Squared distance of scores from the values that are wanted of the right class and of all others."""

import numpy as np

from ..layers.core import Array, ValueRangeError, check_shape
from .class_loss import find_classes
from .elementwise_loss import ElementwiseCache
from .loss import Reduction
from .mse import MSELoss

__all__ = ["ClassMSELoss"]


class ClassMSELoss(MSELoss):
    """Squared distance of each score from ``high`` for the class that is wanted, from ``low`` for all others.

    For outputs that end in ``LeCunTanh`` the default values lie where its second derivative is largest, and can be
    reached; those at its asymptotes, ±1.7159, would draw weights to infinity, and units to where they do not learn.

    Formula: value = high where the class is target, else low;  loss = (prediction - value)**2, averaged over all

    Shapes:
        prediction: (N, C)
        target:     (N,) integers in [0, C)

    Gradients:
        grad_prediction = 2 * (prediction - value) * scale, scale = grad_out / prediction.size for "mean"

    Cost: three passes over the prediction forward, three backward; keeps ``prediction`` and the values.

    Raises: ShapeError, DtypeError, ValueRangeError for targets that are no class; ValueRangeError unless low < high.

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.5.

    Example:
        >>> ClassMSELoss().forward(np.array([[1.0, -1.0, 0.0]]), np.array([0])) * 3
        1.0
    """

    def __init__(self, high: float = 1.0, low: float = -1.0, reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        if not low < high:
            raise ValueRangeError(f"ClassMSELoss expected low below high, got low={low!r} and high={high!r}")
        self.high = high
        self.low = low

    def terms(self, prediction: Array, target: Array) -> tuple[Array, ElementwiseCache]:
        check_shape(prediction, ("N", "C"), name="prediction", owner=self)
        value = np.full(prediction.shape, self.low, prediction.dtype)
        value[find_classes(self, prediction.shape, np.asarray(target))] = self.high
        return super().terms(prediction, value)
