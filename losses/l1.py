"""The mean of absolute differences."""

import numpy as np

from ..layers.core import Array
from .elementwise_loss import ElementwiseLoss

__all__ = ["L1Loss"]


class L1Loss(ElementwiseLoss):
    """Absolute difference of prediction and target, ``|prediction - target|``, averaged over all elements.

    Gradients:
        grad_prediction = sign(prediction - target) * scale, zero where the two are equal (a subgradient)

    Cost: three passes over the prediction forward, three backward; keeps ``prediction`` and ``target``.

    Source: Hastie et al. 2009, section 10.6; torch.nn.L1Loss.

    Example:
        >>> loss = L1Loss(reduction="sum")
        >>> loss.forward(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        3.0
        >>> loss.backward().tolist()
        [1.0, -1.0]
    """

    locally_linear = True

    def value(self, prediction: Array, target: Array) -> Array:
        distance: Array = np.abs(prediction - target)
        return distance

    def slope(self, prediction: Array, target: Array) -> Array:
        sign: Array = np.sign(prediction - target)
        return sign
