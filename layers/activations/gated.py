"""Functions that multiply the input by a gate made from it: GELU, SiLU, Mish, Hardswish."""

import math
from typing import Annotated

import numpy as np

from ..core import Array, OneOf, as_dtype, check_choice
from ..elementwise import Elementwise
from ..kernels import self_gated, self_gated_back, sigmoid

__all__ = ["GELU", "Hardswish", "Mish", "SiLU"]


class _SelfGated(Elementwise):
    """What GELU, SiLU and Mish share, ``y = x * gate(x)`` with a smooth gate that the kernel knows by name."""

    keeps = "x"
    gate: str

    def value(self, x: Array) -> Array:
        return self_gated(x, self.gate)

    def slope(self, x: Array, y: Array) -> Array:
        return self_gated_back(np.ones_like(x), x, self.gate)

    def times_slope(self, v: Array, x: Array, y: Array) -> Array:
        return self_gated_back(v, x, self.gate)


class GELU(_SelfGated):
    """Gaussian error linear unit, ``y = x * Phi(x)`` with the normal distribution function Phi.

    ``approximate="tanh"`` takes ``Phi(x) = (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2`` instead.

    Gradients:
        grad_x = grad_out * (Phi(x) + x * phi(x)), phi = Phi' the normal density

    Raises: UnknownNameError for another ``approximate`` than "none" and "tanh".

    Source: Hendrycks & Gimpel 2016.

    Example:
        >>> GELU().forward(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
        [-0.1587, 0.0, 0.8413]
    """

    def __init__(self, approximate: Annotated[str, OneOf("none", "tanh")] = "none") -> None:
        self.approximate = check_choice(approximate, ("none", "tanh"), name="approximate", owner="GELU")
        self.gate = "normal" if approximate == "none" else "tanh"

    def curvature(self, x: Array, y: Array) -> Array:
        if self.approximate == "none":
            return (2 - x * x) * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)      # 2 phi + x phi', phi' = -x phi
        rate = math.sqrt(2 / math.pi)
        t = np.tanh(rate * x * (1 + 0.044715 * x * x))
        u_slope, u_bend = rate * (1 + 3 * 0.044715 * x * x), rate * 6 * 0.044715 * x
        curvature: Array = (1 - t * t) * (u_slope + x * (u_bend / 2 - t * u_slope**2))
        return curvature


class SiLU(_SelfGated):
    """Input times its own sigmoid, ``y = x * s`` with ``s = sigmoid(x)``.

    Gradients:
        grad_x = grad_out * s * (1 + x * (1 - s))

    Source: Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017 (Swish).

    Example:
        >>> SiLU().forward(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
        [-0.2689, 0.0, 0.7311]
    """

    gate = "logistic"

    def curvature(self, x: Array, y: Array) -> Array:
        s = sigmoid(x)
        curvature: Array = s * (1 - s) * (2 + x * (1 - 2 * s))
        return curvature


class Mish(_SelfGated):
    """Input times the tangent of its softplus, ``y = x * t`` with ``t = tanh(log(1 + exp(x)))``.

    Gradients:
        grad_x = grad_out * (t + x * (1 - t**2) * sigmoid(x))

    Source: Misra 2020.

    Example:
        >>> Mish().forward(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
        [-0.3034, 0.0, 0.8651]
    """

    gate = "softplus"

    def curvature(self, x: Array, y: Array) -> Array:
        t, s = np.tanh(np.logaddexp(0, x)), sigmoid(x)
        curvature: Array = (1 - t * t) * s * (2 + x * (1 - s - 2 * t * s))
        return curvature


class Hardswish(Elementwise):
    """Swish of straight lines, ``y = x * min(max(x + 3, 0), 6) / 6``.

    Gradients:
        grad_x = grad_out * (0 where x <= -3, 1 where x >= 3, else x / 3 + 1 / 2)

    Source: Howard et al. 2019 (MobileNetV3).

    Example:
        >>> Hardswish().forward(np.array([-4.0, 0.0, 4.0])).tolist()
        [-0.0, 0.0, 4.0]
    """

    keeps = "x"

    def value(self, x: Array) -> Array:
        y: Array = x * np.clip(x + 3, 0, 6) / 6
        return y

    def slope(self, x: Array, y: Array) -> Array:
        inside = (x > -3) & (x < 3)
        return as_dtype(np.where(inside, x / 3 + 0.5, x >= 3), x.dtype)

    def curvature(self, x: Array, y: Array) -> Array:
        return as_dtype(((x > -3) & (x < 3)) * (1 / 3), x.dtype)
