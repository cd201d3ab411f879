"""How much higher a critic scores data than samples: the distance between them, if it is 1-Lipschitz."""

from ..layers.core import Array
from .elementwise_loss import ElementwiseLoss

__all__ = ["WassersteinLoss"]


class WassersteinLoss(ElementwiseLoss):
    """Scores themselves, ``(1 - 2 * target) * prediction``: high ones are wanted where ``target`` is 1, low ones at 0.

    A critic's loss on data and samples is minus the distance it sees between them, once its slope is held near one.

    Gradients:
        grad_prediction = (1 - 2 * target) * scale

    Cost: two passes over the prediction forward, two backward; keeps ``prediction`` and ``target``.

    Source: Arjovsky, Chintala & Bottou 2017, "Wasserstein generative adversarial networks", equation 2.

    Example:
        >>> loss = WassersteinLoss()
        >>> loss.forward(np.array([3.0, -1.0]), np.array([1.0, 0.0]))
        -2.0
        >>> loss.backward().tolist()
        [-0.5, 0.5]
    """

    locally_linear = True

    def value(self, prediction: Array, target: Array) -> Array:
        value: Array = self.slope(prediction, target) * prediction
        return value

    def slope(self, prediction: Array, target: Array) -> Array:
        sign: Array = 1 - 2 * target
        return sign
