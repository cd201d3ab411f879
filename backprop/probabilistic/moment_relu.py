"""Mean and variance of a Gaussian number whose negative part is cut off."""

from math import pi, prod, sqrt
from typing import NamedTuple

import numpy as np

from ...layers.core import Array, Description, Kept, Layer, Shape, check_shape
from ...layers.core.optional import scipy
from .moment_gradients import moment_gradients

__all__ = ["MomentReLU", "MomentReLUCache"]


class MomentReLUCache(NamedTuple):
    """Probability that the input is positive, and that it is not; its density at 0; mean of the output."""

    positive: Array
    negative: Array
    density: Array
    y_mean: Array


class MomentReLU(Layer):
    """Mean and variance of ``max(0, x)`` for a Gaussian ``x``, of which mean and variance are given.

    With ``alpha = x_mean / sqrt(x_var)``, ``positive`` and ``negative`` the probabilities of a standard Gaussian below
    ``alpha`` and above, and ``gamma`` its density at ``alpha`` over ``positive``:
    ``y_mean = positive * mean``, ``mean = x_mean + sqrt(x_var) * gamma``, the mean of ``x`` where it is positive, and
    ``y_var = y_mean * mean * negative + positive * x_var * (1 - gamma * (gamma + alpha))``.

    Shapes:
        x_mean, x_var, y_mean, y_var: any, all the same

    Gradients:
        density     = that of x at 0
        grad_x_mean = grad_mean * positive + grad_var * 2 * y_mean * negative
        grad_x_var  = grad_mean * density / 2 + grad_var * (positive - y_mean * density)

    Cost: two special functions per number; keeps four.

    Source: Hernández-Lobato & Adams 2015, equations 15 to 17; the gradients by d/dv E f = E f'' / 2.

    Example:
        >>> from chainrule.backprop import MomentReLU
        >>> [float(y.round(4)) for y in MomentReLU().forward(np.float64(0), np.float64(1))]
        [0.3989, 0.3408]
    """

    forward_mode_gap = "learning takes no tangents"

    def forward(self, x_mean: Array, x_var: Array) -> tuple[Array, Array]:
        check_shape(x_mean, (...,), name="x_mean", owner=self)
        check_shape(x_var, np.shape(x_mean), name="x_var", owner=self)
        deviation = np.sqrt(np.maximum(x_var, np.finfo(x_var.dtype).tiny))
        alpha = x_mean / deviation
        positive, negative = scipy.special.ndtr(alpha), scipy.special.ndtr(-alpha)
        gamma = sqrt(2 / pi) / scipy.special.erfcx(alpha / -sqrt(2))     # no quotient of two vanishing numbers
        mean = x_mean + deviation * gamma
        y_mean = positive * mean
        y_var = y_mean * mean * negative + positive * x_var * (1 - gamma * (gamma + alpha))
        self.cache = MomentReLUCache(positive, negative, positive * gamma / deviation, y_mean)
        return y_mean, np.maximum(y_var, 0)

    def backward(self, grad_out: tuple[Array | None, Array | None]) -> tuple[Array, Array] | None:
        positive, negative, density, y_mean = self.saved()
        grad_mean, grad_var = moment_gradients(grad_out, y_mean.shape, y_mean.dtype, self)
        if not self.needs_input_grad:
            return None
        return (grad_mean * positive + grad_var * (2 * y_mean * negative),
                grad_mean * density / 2 + grad_var * (positive - y_mean * density))

    def describe(self, *x_shapes: Shape) -> Description:
        """Four numbers are kept of each."""
        x_shape, var_shape = x_shapes
        check_shape(var_shape, x_shape, name="x_var", owner=self)
        return self.description(x_shape, x_shape, kept=tuple(
            Kept(name, prod(x_shape)) for name in ("positive", "negative", "density", "y1")))
