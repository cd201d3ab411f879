"""S-shaped functions, and the logarithm of one."""

import numpy as np

from ..core import Array
from ..elementwise import Elementwise
from ..kernels import sigmoid

__all__ = ["LeCunTanh", "LogSigmoid", "Sigmoid", "Softsign", "Tanh", "Tanhshrink"]


class Sigmoid(Elementwise):
    """Logistic function, ``y = 1 / (1 + exp(-x))``.

    Gradients:
        grad_x = grad_out * y * (1 - y)

    Source: Nielsen 2015, chapter 2; the exponential never overflows.

    Example:
        >>> Sigmoid().forward(np.array([0.0, 1e4])).tolist()
        [0.5, 1.0]
    """

    def value(self, x: Array) -> Array:
        return sigmoid(x)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = y * (1 - y)
        return slope

    def curvature(self, x: Array, y: Array) -> Array:
        curvature: Array = y * (1 - y) * (1 - 2 * y)
        return curvature


class LogSigmoid(Elementwise):
    """Logarithm of the logistic function, ``y = -log(1 + exp(-x))``.

    Gradients:
        grad_x = grad_out * (1 - sigmoid(x))

    Source: torch.nn.LogSigmoid; the exponential never overflows.

    Example:
        >>> LogSigmoid().forward(np.array([-1e4, 0.0])).round(4).tolist()
        [-10000.0, -0.6931]
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        below = np.minimum(x, 0)
        y: Array = below - np.log1p(np.exp(below - np.maximum(x, 0)))       # the exponential is at most one
        return y

    def slope(self, x: Array, y: Array) -> Array:
        return sigmoid(-x)

    def curvature(self, x: Array, y: Array) -> Array:
        curvature: Array = -sigmoid(x) * sigmoid(-x)
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


class LeCunTanh(Elementwise):
    """Hyperbolic tangent scaled so that ±1 maps to ±1, ``y = 1.7159 * tanh(2 / 3 * x)``.

    Gradients:
        grad_x = grad_out * 2 / 3 * (1.7159 - y**2 / 1.7159)

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.4.

    Example:
        >>> LeCunTanh().forward(np.array([-1.0, 1.0])).round(3).tolist()
        [-1.0, 1.0]
    """

    scale = 1.7159
    rate = 2 / 3

    def value(self, x: Array) -> Array:
        return self.scale * np.tanh(self.rate * x)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = self.rate * (self.scale - y * y / self.scale)
        return slope

    def curvature(self, x: Array, y: Array) -> Array:
        return -2 * self.rate / self.scale * y * self.slope(x, y)


class Softsign(Elementwise):
    """S-shape that saturates slowly, ``y = x / (1 + abs(x))``.

    Gradients:
        grad_x = grad_out / (1 + abs(x))**2

    Source: Bergstra, Desjardins, Lamblin & Bengio 2009.

    Example:
        >>> Softsign().forward(np.array([-1.0, 3.0])).tolist()
        [-0.5, 0.75]
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        y: Array = x / (1 + np.abs(x))
        return y

    def slope(self, x: Array, y: Array) -> Array:
        return 1 / (1 + np.abs(x)) ** 2

    def curvature(self, x: Array, y: Array) -> Array:
        curvature: Array = -2 * np.sign(x) / (1 + np.abs(x)) ** 3
        return curvature


class Tanhshrink(Elementwise):
    """What the hyperbolic tangent leaves, ``y = x - tanh(x)``.

    Gradients:
        grad_x = grad_out * tanh(x)**2

    Source: torch.nn.Tanhshrink.

    Example:
        >>> Tanhshrink().forward(np.array([0.0, 100.0])).tolist()
        [0.0, 99.0]
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        return x - np.tanh(x)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = np.tanh(x) ** 2
        return slope

    def curvature(self, x: Array, y: Array) -> Array:
        t = np.tanh(x)
        curvature: Array = 2 * t * (1 - t * t)
        return curvature
