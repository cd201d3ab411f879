"""Losses that are quadratic near zero and linear far out: outliers pull with bounded force."""

import math

import numpy as np

from ..layers.core import Array, NonNegative, Positive, check_range
from .elementwise_loss import ElementwiseLoss
from .loss import Reduction

__all__ = ["HuberLoss", "SmoothL1Loss"]


class HuberLoss(ElementwiseLoss):
    """Squared near zero, absolute far out: ``d**2 / 2`` where ``|d| <= delta``, else ``delta * (|d| - delta / 2)``.

    Here ``d = prediction - target``.

    Gradients:
        grad_prediction = scale * min(max(d, -delta), delta)

    Cost: a few passes; keeps ``prediction`` and ``target``.

    Raises: ValueRangeError for a delta that is not positive.

    Source: Huber 1964; torch.nn.HuberLoss.

    Example:
        >>> HuberLoss(reduction="none").forward(np.array([0.5, 3.0]), np.zeros(2)).tolist()
        [0.125, 2.5]
    """

    def __init__(self, reduction: Reduction = "mean", delta: Positive = 1.0) -> None:
        super().__init__(reduction)
        self.delta = check_range(delta, 0, math.inf, name="delta", owner="HuberLoss", open_low=True)

    def value(self, prediction: Array, target: Array) -> Array:
        distance = np.abs(prediction - target)
        near = np.minimum(distance, self.delta)
        value: Array = near * (distance - near / 2)
        return value

    def slope(self, prediction: Array, target: Array) -> Array:
        return np.asarray(np.clip(prediction - target, -self.delta, self.delta))

    def curvature(self, prediction: Array, target: Array) -> Array:
        near: Array = np.abs(prediction - target) < self.delta
        return near


class SmoothL1Loss(ElementwiseLoss):
    """Absolute, rounded off near zero: ``d**2 / (2 beta)`` where ``|d| < beta``, else ``|d| - beta/2``.

    Here ``d = prediction - target``; with beta 0 it is L1Loss.

    Gradients:
        grad_prediction = scale * (d / beta where |d| < beta, else sign(d))

    Cost: a few passes; keeps ``prediction`` and ``target``.

    Raises: ValueRangeError for a negative beta.

    Source: Girshick 2015, equation 3; torch.nn.SmoothL1Loss.

    Example:
        >>> SmoothL1Loss(reduction="none").forward(np.array([0.5, 3.0]), np.zeros(2)).tolist()
        [0.125, 2.5]
    """

    def __init__(self, reduction: Reduction = "mean", beta: NonNegative = 1.0) -> None:
        super().__init__(reduction)
        self.beta = check_range(beta, 0, math.inf, name="beta", owner="SmoothL1Loss")

    def value(self, prediction: Array, target: Array) -> Array:
        distance: Array = np.abs(prediction - target)
        if not self.beta:
            return distance
        return np.where(distance < self.beta, distance**2 / (2 * self.beta), distance - self.beta / 2)

    def slope(self, prediction: Array, target: Array) -> Array:
        difference: Array = prediction - target
        return np.asarray(np.clip(difference / self.beta, -1, 1) if self.beta else np.sign(difference))

    def curvature(self, prediction: Array, target: Array) -> Array:
        near: Array = np.abs(prediction - target) < self.beta
        return np.asarray(near / self.beta if self.beta else near)
