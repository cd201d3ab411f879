"""Activation functions of one variable, each with its first and second derivative."""

import math

import numpy as np
from scipy.special import expit

from .core import Array, as_dtype, check_range
from .elementwise import Elementwise

__all__ = ["ELU", "LeakyReLU", "ReLU", "Sigmoid", "Softplus", "Tanh"]


class ReLU(Elementwise):
    """Rectified linear unit, ``y = max(x, 0)``.

    Gradients:
        grad_x = grad_out * (y > 0); the subgradient at 0 is taken as 0

    Source: Nair & Hinton 2010; slope at 0 as in torch.nn.ReLU.

    Example:
        >>> ReLU().forward(np.array([-2.0, 3.0])).tolist()
        [0.0, 3.0]
    """

    locally_linear = True

    def value(self, x: Array) -> Array:
        return np.maximum(x, 0)

    def slope(self, x: Array, y: Array) -> Array:
        return y > 0


class LeakyReLU(Elementwise):
    """Rectifier that leaks, ``y = x`` where ``x > 0``, else ``negative_slope * x``.

    Gradients:
        grad_x = grad_out * (1 where x > 0, else negative_slope)

    Source: Maas, Hannun & Ng 2013.

    Example:
        >>> LeakyReLU(0.1).forward(np.array([-2.0, 3.0])).tolist()
        [-0.2, 3.0]
    """

    locally_linear = True
    keeps = "x"     # with a negative slope below zero the sign of y would not tell

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, x * self.negative_slope)

    def slope(self, x: Array, y: Array) -> Array:
        return as_dtype(np.where(x > 0, 1.0, self.negative_slope), x.dtype)


class ELU(Elementwise):
    """Exponential linear unit, ``y = x`` where ``x > 0``, else ``alpha * (exp(x) - 1)``.

    Gradients:
        grad_x = grad_out * (1 where x > 0, else alpha * exp(x))

    Source: Clevert, Unterthiner & Hochreiter 2016.

    Example:
        >>> ELU().forward(np.array([-np.log(2), 3.0])).tolist()
        [-0.5, 3.0]
    """

    keeps = "x"

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0)))

    def slope(self, x: Array, y: Array) -> Array:
        return np.where(x > 0, np.ones_like(x), self.alpha * np.exp(np.minimum(x, 0)))

    def curvature(self, x: Array, y: Array) -> Array:
        return np.where(x > 0, np.zeros_like(x), self.alpha * np.exp(np.minimum(x, 0)))


class Sigmoid(Elementwise):
    """Logistic function, ``y = 1 / (1 + exp(-x))``.

    Gradients:
        grad_x = grad_out * y * (1 - y)

    Source: Nielsen 2015, chapter 2; the exponential never overflows (scipy.special.expit).

    Example:
        >>> Sigmoid().forward(np.array([0.0, 1e4])).tolist()
        [0.5, 1.0]
    """

    def value(self, x: Array) -> Array:
        if x.dtype.kind == "c":                 # complex step: expit knows real numbers only
            return 1 / (1 + np.exp(-x))
        return np.asarray(expit(x), dtype=x.dtype)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = y * (1 - y)
        return slope

    def curvature(self, x: Array, y: Array) -> Array:
        curvature: Array = y * (1 - y) * (1 - 2 * y)
        return curvature


class Tanh(Elementwise):
    """Hyperbolic tangent, ``y = tanh(x)``.

    Gradients:
        grad_x = grad_out * (1 - y**2)

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.4.

    Example:
        >>> Tanh().forward(np.array([0.0, 100.0])).tolist()
        [0.0, 1.0]
    """

    def value(self, x: Array) -> Array:
        return np.tanh(x)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = 1 - y * y
        return slope

    def curvature(self, x: Array, y: Array) -> Array:
        curvature: Array = -2 * y * (1 - y * y)
        return curvature


class Softplus(Elementwise):
    """Smooth rectifier, ``y = log(1 + exp(beta * x)) / beta``, and ``y = x`` where ``beta * x > threshold``.

    Gradients:
        grad_x = grad_out * sigmoid(beta * x), and grad_out where ``beta * x > threshold``

    Raises: ValueRangeError for a beta that is not positive.

    Source: Dugas et al. 2001; beta and threshold as in torch.nn.Softplus.

    Example:
        >>> Softplus().forward(np.array([-1000.0, 0.0, 1000.0])).round(4).tolist()
        [0.0, 0.6931, 1000.0]
    """

    keeps = "x"

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta = check_range(beta, 0, math.inf, name="beta", owner="Softplus", open_low=True)
        self.threshold = threshold

    def value(self, x: Array) -> Array:
        bent = np.logaddexp(0, np.minimum(self.beta * x, self.threshold)) / self.beta
        return np.where(self.beta * x > self.threshold, x, bent)

    def slope(self, x: Array, y: Array) -> Array:
        return np.where(self.beta * x > self.threshold, np.ones_like(x), np.asarray(expit(self.beta * x)))

    def curvature(self, x: Array, y: Array) -> Array:
        rise = np.asarray(expit(self.beta * x))
        return np.where(self.beta * x > self.threshold, np.zeros_like(x), self.beta * rise * (1 - rise))
