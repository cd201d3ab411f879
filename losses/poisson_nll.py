"""Negative log-likelihood of counts under a Poisson distribution."""

import math

import numpy as np

from ..layers.core import Array, NonNegative, check_range
from .elementwise_loss import ElementwiseLoss
from .loss import Reduction

__all__ = ["PoissonNLLLoss"]


class PoissonNLLLoss(ElementwiseLoss):
    """Poisson negative log-likelihood, ``exp(prediction) - target * prediction``.

    Without ``log_input`` the prediction is the rate itself: ``prediction - target * log(prediction + eps)``. ``full``
    adds Stirling's approximation of ``log(target!)`` where ``target > 1``.

    Shapes:
        prediction: any; target: that of prediction, counts

    Gradients:
        grad_prediction = scale * (exp(prediction) - target), or scale * (1 - target / (prediction + eps))

    Cost: one exponential or logarithm per element; keeps ``prediction`` and ``target``.

    Source: Nelder & Wedderburn 1972; torch.nn.PoissonNLLLoss.

    Example:
        >>> PoissonNLLLoss().forward(np.zeros(3), np.array([0.0, 1.0, 5.0]))
        1.0
    """

    def __init__(self, log_input: bool = True, full: bool = False, eps: NonNegative = 1e-8,
                 reduction: Reduction = "mean") -> None:
        super().__init__(reduction)
        self.log_input = log_input
        self.full = full
        self.eps = check_range(eps, 0, math.inf, name="eps", owner="PoissonNLLLoss")

    def value(self, prediction: Array, target: Array) -> Array:
        if self.log_input:
            value = np.exp(prediction) - target * prediction
        else:
            value = prediction - target * np.log(prediction + self.eps)
        if self.full:
            many = np.maximum(target, 1)
            value += (target > 1) * (many * np.log(many) - many + np.log(2 * math.pi * many) / 2)
        return np.asarray(value)

    def slope(self, prediction: Array, target: Array) -> Array:
        return np.asarray(np.exp(prediction) - target if self.log_input else 1 - target / (prediction + self.eps))

    def curvature(self, prediction: Array, target: Array) -> Array:
        return np.exp(prediction) if self.log_input else np.asarray(target / (prediction + self.eps) ** 2)
