"""Functions of straight lines with kinks: rectifiers, and the hard versions of bent ones."""

import math

import numpy as np

from ..core import Array, NonNegative, ValueRangeError, as_dtype, check_range
from ..elementwise import Elementwise
from ..kernels import rectify

__all__ = ["Hardshrink", "Hardsigmoid", "Hardtanh", "LeakyReLU", "ReLU", "ReLU6", "Softshrink", "Threshold"]


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
        return rectify(x)

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


class Threshold(Elementwise):
    """Rectifier with a free threshold, ``y = x`` where ``x > threshold``, else ``value``.

    Gradients:
        grad_x = grad_out * (x > threshold)

    Source: torch.nn.Threshold.

    Example:
        >>> Threshold(1.0, -5.0).forward(np.array([0.5, 3.0])).tolist()
        [-5.0, 3.0]
    """

    locally_linear = True
    keeps = "x"

    def __init__(self, threshold: float, value: float) -> None:
        self.threshold = threshold
        self.value_ = value             # the plain name is the function's

    def value(self, x: Array) -> Array:
        return as_dtype(np.where(x > self.threshold, x, self.value_), x.dtype)

    def slope(self, x: Array, y: Array) -> Array:
        return x > self.threshold


class Hardtanh(Elementwise):
    """Straight line between two bounds, ``y = min(max(x, min_val), max_val)``.

    Gradients:
        grad_x = grad_out * (min_val < y < max_val)

    Raises: ValueRangeError unless min_val < max_val.

    Source: Collobert 2004; torch.nn.Hardtanh.

    Example:
        >>> Hardtanh().forward(np.array([-2.0, 0.5, 3.0])).tolist()
        [-1.0, 0.5, 1.0]
    """

    locally_linear = True

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        if not min_val < max_val:
            raise ValueRangeError(f"Hardtanh expected min_val < max_val, got {min_val} and {max_val}")
        self.min_val = min_val
        self.max_val = max_val

    def value(self, x: Array) -> Array:
        return np.clip(x, self.min_val, self.max_val)

    def slope(self, x: Array, y: Array) -> Array:
        return (y > self.min_val) & (y < self.max_val)


class ReLU6(Hardtanh):
    """Rectifier that saturates at six, ``y = min(max(x, 0), 6)``.

    Gradients:
        grad_x = grad_out * (0 < y < 6)

    Source: Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10".

    Example:
        >>> ReLU6().forward(np.array([-2.0, 3.0, 9.0])).tolist()
        [0.0, 3.0, 6.0]
    """

    def __init__(self) -> None:
        super().__init__(0.0, 6.0)


class Hardsigmoid(Elementwise):
    """Sigmoid of straight lines, ``y = min(max(x / 6 + 1 / 2, 0), 1)``.

    Gradients:
        grad_x = grad_out / 6 where 0 < y < 1, else 0

    Source: Courbariaux, Bengio & David 2015; torch.nn.Hardsigmoid.

    Example:
        >>> Hardsigmoid().forward(np.array([-9.0, 0.0, 9.0])).tolist()
        [0.0, 0.5, 1.0]
    """

    locally_linear = True

    def value(self, x: Array) -> Array:
        return np.clip(x / 6 + 0.5, 0, 1)

    def slope(self, x: Array, y: Array) -> Array:
        return as_dtype(((y > 0) & (y < 1)) * (1 / 6), y.dtype)


class Hardshrink(Elementwise):
    """Nothing near zero, the input beyond, ``y = x`` where ``abs(x) > lambd``, else 0.

    Gradients:
        grad_x = grad_out * (y != 0)

    Raises: ValueRangeError for a negative lambd.

    Source: Donoho & Johnstone 1994 (hard thresholding); torch.nn.Hardshrink.

    Example:
        >>> Hardshrink().forward(np.array([-0.4, 0.7])).tolist()
        [0.0, 0.7]
    """

    locally_linear = True

    def __init__(self, lambd: NonNegative = 0.5) -> None:
        self.lambd = check_range(lambd, 0, math.inf, name="lambd", owner="Hardshrink")

    def value(self, x: Array) -> Array:
        return as_dtype(np.where(np.abs(x) > self.lambd, x, 0.0), x.dtype)

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = y != 0
        return slope


class Softshrink(Elementwise):
    """Shrink towards zero by ``lambd``, ``y = sign(x) * max(abs(x) - lambd, 0)``.

    Gradients:
        grad_x = grad_out * (y != 0)

    Raises: ValueRangeError for a negative lambd.

    Source: Donoho & Johnstone 1994 (soft thresholding); torch.nn.Softshrink.

    Example:
        >>> Softshrink().forward(np.array([-0.4, 0.75])).tolist()
        [0.0, 0.25]
    """

    locally_linear = True

    def __init__(self, lambd: NonNegative = 0.5) -> None:
        self.lambd = check_range(lambd, 0, math.inf, name="lambd", owner="Softshrink")

    def value(self, x: Array) -> Array:
        y: Array = x - np.clip(x, -self.lambd, self.lambd)
        return y

    def slope(self, x: Array, y: Array) -> Array:
        slope: Array = y != 0
        return slope
