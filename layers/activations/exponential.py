"""Exponential linear units and the soft rectifier."""

import math

import numpy as np

from ..core import Array, Positive, ValueRangeError, check_range
from ..elementwise import Elementwise
from ..kernels import sigmoid

__all__ = ["CELU", "ELU", "SELU", "Softplus"]


class _ExponentialLinear(Elementwise):
    """What the exponential linear units share, ``y = scale * (x if x > 0 else alpha * (exp(rate * x) - 1))``."""

    keeps = "x"
    alpha = 1.0
    scale = 1.0

    @property
    def rate(self) -> float:
        return 1.0

    def value(self, x: Array) -> Array:
        return self.scale * np.where(x > 0, x, self.alpha * np.expm1(self.rate * np.minimum(x, 0)))

    def slope(self, x: Array, y: Array) -> Array:
        return self.scale * np.where(x > 0, np.ones_like(x), self.alpha * self.rate * self._decay(x))

    def curvature(self, x: Array, y: Array) -> Array:
        return self.scale * np.where(x > 0, np.zeros_like(x), self.alpha * self.rate**2 * self._decay(x))

    def _decay(self, x: Array) -> Array:
        return np.exp(self.rate * np.minimum(x, 0))


class ELU(_ExponentialLinear):
    """Exponential linear unit, ``y = x`` where ``x > 0``, else ``alpha * (exp(x) - 1)``.

    Gradients:
        grad_x = grad_out * (1 where x > 0, else alpha * exp(x))

    Source: Clevert, Unterthiner & Hochreiter 2016.

    Example:
        >>> ELU().forward(np.array([-np.log(2), 3.0])).tolist()
        [-0.5, 3.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha


class CELU(_ExponentialLinear):
    """ELU whose slope has no jump, ``y = x`` where ``x > 0``, else ``alpha * (exp(x / alpha) - 1)``.

    Gradients:
        grad_x = grad_out * (1 where x > 0, else exp(x / alpha))

    Raises: ValueRangeError for alpha zero.

    Source: Barron 2017.

    Example:
        >>> CELU(2.0).forward(np.array([-2 * np.log(2), 3.0])).tolist()
        [-1.0, 3.0]
    """

    def __init__(self, alpha: float = 1.0) -> None:
        if not alpha:
            raise ValueRangeError(f"CELU expected an alpha other than 0, got {alpha}")
        self.alpha = alpha

    @property
    def rate(self) -> float:
        return 1 / self.alpha


class SELU(_ExponentialLinear):
    """ELU scaled so that activations keep mean 0 and variance 1, ``y = scale * ELU(alpha)(x)``.

    Gradients:
        grad_x = grad_out * scale * (1 where x > 0, else alpha * exp(x))

    Source: Klambauer, Unterthiner, Mayr & Hochreiter 2017, equation 14: alpha 1.6733, scale 1.0507.

    Example:
        >>> SELU().forward(np.array([-100.0, 1.0])).round(4).tolist()
        [-1.7581, 1.0507]
    """

    alpha = 1.6732632423543772
    scale = 1.0507009873554805


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

    def __init__(self, beta: Positive = 1.0, threshold: float = 20.0) -> None:
        self.beta = check_range(beta, 0, math.inf, name="beta", owner="Softplus", open_low=True)
        self.threshold = threshold

    def value(self, x: Array) -> Array:
        x_scaled = self.beta * x
        bent = (np.maximum(x_scaled, 0) + np.log1p(np.exp(-np.abs(x_scaled)))) / self.beta
        return np.where(x_scaled > self.threshold, x, bent)

    def slope(self, x: Array, y: Array) -> Array:
        return np.where(self.beta * x > self.threshold, np.ones_like(x), sigmoid(self.beta * x))

    def curvature(self, x: Array, y: Array) -> Array:
        rise = sigmoid(self.beta * x)
        return np.where(self.beta * x > self.threshold, np.zeros_like(x), self.beta * rise * (1 - rise))
