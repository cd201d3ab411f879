"""Functions of one variable that ONNX has beyond our layers, each with its slope."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array
from ....layers.core.optional import scipy
from ....layers.elementwise import Elementwise

__all__ = ["CURVES", "Curve"]


class Function(NamedTuple):
    """A function, its slope and its curvature, of the input and of what the function gives."""

    value: Callable[[Any], Any]
    slope: Callable[[Any, Any], Any]
    curvature: Callable[[Any, Any], Any]


class Curve(Elementwise):
    """A function of every element alone, ``y = value(x)``; it is one of ``CURVES``, by the operator's name.

    Gradients:
        grad_x = grad_out * slope(x, y)
    """

    keeps = "xy"

    def __init__(self, name: str) -> None:
        self.name = name

    def value(self, x: Array) -> Array:
        return np.asarray(CURVES[self.name].value(x), x.dtype)

    def slope(self, x: Array, y: Array) -> Array:
        return np.asarray(CURVES[self.name].slope(x, y), x.dtype)

    def curvature(self, x: Array, y: Array) -> Array:
        return np.asarray(CURVES[self.name].curvature(x, y), x.dtype)


def _flat(x: Any, y: Any) -> Any:
    return np.zeros_like(x)


CURVES: dict[str, Function] = {
    "Abs": Function(np.abs, lambda x, y: np.sign(x), _flat),
    "Acos": Function(np.arccos, lambda x, y: -1 / np.sqrt(1 - x * x), lambda x, y: -x / (1 - x * x)**1.5),
    "Acosh": Function(np.arccosh, lambda x, y: 1 / np.sqrt(x * x - 1), lambda x, y: -x / (x * x - 1)**1.5),
    "Asin": Function(np.arcsin, lambda x, y: 1 / np.sqrt(1 - x * x), lambda x, y: x / (1 - x * x)**1.5),
    "Asinh": Function(np.arcsinh, lambda x, y: 1 / np.sqrt(x * x + 1), lambda x, y: -x / (x * x + 1)**1.5),
    "Atan": Function(np.arctan, lambda x, y: 1 / (1 + x * x), lambda x, y: -2 * x / (1 + x * x)**2),
    "Atanh": Function(np.arctanh, lambda x, y: 1 / (1 - x * x), lambda x, y: 2 * x / (1 - x * x)**2),
    "Ceil": Function(np.ceil, _flat, _flat),
    "Cosh": Function(np.cosh, lambda x, y: np.sinh(x), lambda x, y: y),
    "Erf": Function(lambda x: scipy.special.erf(x), lambda x, y: 2 / np.sqrt(np.pi) * np.exp(-x * x),
                    lambda x, y: -4 / np.sqrt(np.pi) * x * np.exp(-x * x)),
    "Floor": Function(np.floor, _flat, _flat),
    "Neg": Function(np.negative, lambda x, y: -np.ones_like(x), _flat),
    "Reciprocal": Function(lambda x: 1 / x, lambda x, y: -y * y, lambda x, y: 2 * y**3),
    "Round": Function(np.round, _flat, _flat),
    "Sign": Function(np.sign, _flat, _flat),
    "Sinh": Function(np.sinh, lambda x, y: np.cosh(x), lambda x, y: y),
    "Sqrt": Function(np.sqrt, lambda x, y: 0.5 / y, lambda x, y: -0.25 / y**3),
    "Tan": Function(np.tan, lambda x, y: 1 + y * y, lambda x, y: 2 * y * (1 + y * y)),
}
