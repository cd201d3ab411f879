"""Elementary functions of one variable as gates of a circuit: exponential, logarithm, sine, cosine, power."""

import numpy as np

from .core import Array
from .elementwise import Elementwise

__all__ = ["Cos", "Exp", "Log", "Power", "Sin"]


class Exp(Elementwise):
    """Exponential function, ``y = exp(x)``.

    Gradients:
        grad_x = grad_out * y

    Source: calculus.

    Example:
        >>> exp = Exp()
        >>> float(exp.forward(np.array(0.0))), float(exp.backward(np.array(3.0)))
        (1.0, 3.0)
    """

    def value(self, x: Array) -> Array:
        return np.asarray(np.exp(x))

    def slope(self, x: Array, y: Array) -> Array:
        return y

    def curvature(self, x: Array, y: Array) -> Array:
        return y


class Log(Elementwise):
    """Natural logarithm, ``y = log(x)``, for positive ``x``.

    Gradients:
        grad_x = grad_out / x

    Source: calculus.

    Example:
        >>> log = Log()
        >>> float(log.forward(np.array(1.0))), float(log.backward(np.array(3.0)))
        (0.0, 3.0)
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        return np.asarray(np.log(x))

    def slope(self, x: Array, y: Array) -> Array:
        return 1 / x

    def curvature(self, x: Array, y: Array) -> Array:
        return -1 / x**2


class Sin(Elementwise):
    """Sine, ``y = sin(x)``, of ``x`` in radians.

    Gradients:
        grad_x = grad_out * cos(x)

    Source: calculus.

    Example:
        >>> sin = Sin()
        >>> float(sin.forward(np.array(0.0))), float(sin.backward(np.array(3.0)))
        (0.0, 3.0)
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        return np.asarray(np.sin(x))

    def slope(self, x: Array, y: Array) -> Array:
        return np.cos(x)

    def curvature(self, x: Array, y: Array) -> Array:
        return -np.sin(x)


class Cos(Elementwise):
    """Cosine, ``y = cos(x)``, of ``x`` in radians.

    Gradients:
        grad_x = -grad_out * sin(x)

    Source: calculus.

    Example:
        >>> cos = Cos()
        >>> float(cos.forward(np.array(0.0))), abs(float(cos.backward(np.array(3.0))))
        (1.0, 0.0)
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        return np.asarray(np.cos(x))

    def slope(self, x: Array, y: Array) -> Array:
        return -np.sin(x)

    def curvature(self, x: Array, y: Array) -> Array:
        return -np.cos(x)


class Power(Elementwise):
    """Fixed power, ``y = x ** exponent``; a fractional exponent needs ``x >= 0``.

    Gradients:
        grad_x = grad_out * exponent * x ** (exponent - 1)

    Source: calculus.

    Example:
        >>> power = Power(3)
        >>> float(power.forward(np.array(2.0))), float(power.backward(np.array(1.0)))
        (8.0, 12.0)
    """

    keeps = "x"

    def __init__(self, exponent: float) -> None:
        self.exponent = exponent

    def value(self, x: Array) -> Array:
        return np.asarray(x ** self.exponent)

    def slope(self, x: Array, y: Array) -> Array:
        if self.exponent == 0:                  # x**-1 times zero would be NaN at x = 0
            return np.zeros_like(x)
        return np.asarray(self.exponent * x ** (self.exponent - 1))

    def curvature(self, x: Array, y: Array) -> Array:
        if self.exponent in (0, 1):
            return np.zeros_like(x)
        return np.asarray(self.exponent * (self.exponent - 1) * x ** (self.exponent - 2))
