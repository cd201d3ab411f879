"""Wrong gradients of losses that compare element with element."""

from typing import Any

import numpy as np

from ...layers.core import Array
from ...losses import BCEWithLogitsLoss, L1Loss, MSELoss
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

mse = Subject(MSELoss, MSELoss, ((5, 3), (5, 3)))
l1 = Subject(L1Loss, L1Loss, ((5, 3), (5, 3)))
share = np.linspace(0.1, 0.9, 15).reshape(5, 3)
bce = Subject(BCEWithLogitsLoss, lambda: BCEWithLogitsLoss(pos_weight=[0.5, 2.0, 3.0]), ((5, 3), share))

SUBJECTS = (mse, l1, bce)

Upstream = float | Array


@mse.wrong("factor", method="slope")
def two_forgotten(self: MSELoss, prediction: Array, target: Array) -> Array:
    """The derivative of the square is twice the difference."""
    return prediction - target


@mse.wrong("sign", method="slope")
def target_minus_prediction(self: MSELoss, prediction: Array, target: Array) -> Array:
    """The difference is turned round, so the gradient points away from what must be descended."""
    return 2 * (target - prediction)


@mse.wrong("mean")
def mean_over_the_elements_forgotten(self: MSELoss, grad_out: Upstream = 1.0) -> Any:
    """The loss is a mean, so its gradient is divided by the number of elements."""
    return each(lambda grad: grad * self.saved().divisor, MSELoss.backward(self, grad_out))


@mse.wrong("mean")
def divided_by_the_batch_size(self: MSELoss, grad_out: Upstream = 1.0) -> Any:
    """The mean is over all elements, not over the examples of the batch."""
    return each(lambda grad: grad * (grad[0].size if self.reduction == "mean" else 1), MSELoss.backward(self, grad_out))


@mse.wrong("upstream")
def upstream_of_the_loss_ignored(self: MSELoss, grad_out: Upstream = 1.0) -> Any:
    """The loss takes itself for the end of every graph; scaled or added to another loss, its gradient is wrong."""
    return MSELoss.backward(self, np.ones_like(grad_out) if np.ndim(grad_out) else 1.0)


@mse.wrong("argument", method="value")
def difference_in_place(self: MSELoss, prediction: Array, target: Array) -> Array:
    """The difference is computed in the memory of the prediction, which belongs to the model."""
    prediction -= target
    return prediction * prediction


@l1.wrong("formula", method="slope")
def slope_of_the_square(self: L1Loss, prediction: Array, target: Array) -> Array:
    """The slope of the absolute value is the sign of the difference, not the difference."""
    return prediction - target


@l1.wrong("sign", method="slope")
def sign_turned_round(self: L1Loss, prediction: Array, target: Array) -> Array:
    """The sign is that of target - prediction."""
    return np.asarray(np.sign(target - prediction))


@l1.wrong("formula", method="slope")
def sign_of_the_prediction(self: L1Loss, prediction: Array, target: Array) -> Array:
    """The sign is taken of the prediction instead of the difference."""
    return np.sign(prediction)


@l1.wrong("mask", method="slope")
def one_sided(self: L1Loss, prediction: Array, target: Array) -> Array:
    """Only predictions above their target get a gradient, as in a hinge."""
    return (prediction > target).astype(prediction.dtype)


@bce.wrong("formula", method="slope")
def slope_of_the_sigmoid_once_more(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The slope of the sigmoid cancels against that of the logarithm; here it is multiplied in once more."""
    probability = 1 / (1 + np.exp(-prediction))
    return BCEWithLogitsLoss.slope(self, prediction, target) * probability * (1 - probability)


@bce.wrong("path", method="slope")
def pos_weight_forgotten(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The gradient is sigmoid(prediction) - target, which leaves out pos_weight."""
    return 1 / (1 + np.exp(-prediction)) - target


@bce.wrong("path", method="slope")
def target_forgotten(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The target is not subtracted, so every probability is pushed down."""
    return BCEWithLogitsLoss.slope(self, prediction, np.zeros_like(target))


@bce.wrong("formula", method="slope")
def sigmoid_forgotten(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The difference is taken between target and prediction, which is a logit and no probability."""
    return prediction - target


@bce.wrong("sign", method="slope")
def pushed_away_from_the_target(self: BCEWithLogitsLoss, prediction: Array, target: Array) -> Array:
    """The whole gradient has the wrong sign."""
    return -BCEWithLogitsLoss.slope(self, prediction, target)


@bce.wrong("dtype")
def gradient_in_float64(self: BCEWithLogitsLoss, grad_out: Upstream = 1.0) -> Any:
    """The gradient comes in float64, so the whole way back through the model is computed at half the speed."""
    return each(lambda grad: grad.astype(np.float64), BCEWithLogitsLoss.backward(self, grad_out))
