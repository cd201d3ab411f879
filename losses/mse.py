"""The mean of squared differences."""

from ..layers.core import Array
from .elementwise_loss import ElementwiseLoss

__all__ = ["MSELoss"]


class MSELoss(ElementwiseLoss):
    """Squared difference of prediction and target, ``(prediction - target)**2``, averaged over all elements.

    Gradients:
        grad_prediction = 2 * (prediction - target) * scale, scale = grad_out / prediction.size for "mean"

    Cost: three passes over the prediction forward, three backward; keeps ``prediction`` and ``target``.

    Source: Goodfellow et al. 2016, section 5.1.4; the quadratic cost of Nielsen 2015 is half of reduction="sum".

    Example:
        >>> loss = MSELoss()
        >>> loss.forward(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        2.5
        >>> loss.backward().tolist()
        [1.0, -2.0]
    """

    def value(self, prediction: Array, target: Array) -> Array:
        squared: Array = (prediction - target) ** 2
        return squared

    def slope(self, prediction: Array, target: Array) -> Array:
        slope: Array = 2 * (prediction - target)
        return slope

    def curvature(self, prediction: Array, target: Array) -> float:
        return 2.0
