"""Padding by a constant, most often zero."""

import numpy as np

from ..core import Array
from .pad import Pad

__all__ = ["ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d"]


class _ConstantPad(Pad):
    def __init__(self, padding: int | tuple[int, ...], value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, x: Array) -> Array:
        y = super().forward(x)
        if self.value:                          # the map is affine; apply, and so every tangent, is its linear part
            y += self.value * (1 - self.apply(np.ones_like(x)))
        return y

    def seen(self, position: Array, size: int) -> Array:
        return position


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: int | tuple[int, ...]) -> None:
        super().__init__(padding, 0.0)


class ConstantPad1d(_ConstantPad):
    """Border around a sequence, ``value`` everywhere; a negative padding cuts.

    Shapes:
        x: (N, C, L) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ConstantPad1d.

    Example:
        >>> ConstantPad1d((2, 1), 7.0).forward(np.array([[1.0, 2.0]])).ravel().tolist()
        [7.0, 7.0, 1.0, 2.0, 7.0]
    """

    axes = 1


class ConstantPad2d(_ConstantPad):
    """Border around an image, ``value`` everywhere; a negative padding cuts.

    Shapes:
        x: (N, C, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ConstantPad2d.

    Example:
        >>> ConstantPad2d((1, 1, 2, 0), 7.0).forward(np.zeros((1, 3, 4))).shape
        (1, 5, 6)
    """

    axes = 2


class ConstantPad3d(_ConstantPad):
    """Border around a volume, ``value`` everywhere; a negative padding cuts.

    Shapes:
        x: (N, C, D, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ConstantPad3d.

    Example:
        >>> ConstantPad3d(1, 7.0).forward(np.zeros((1, 2, 3, 4))).shape
        (1, 4, 5, 6)
    """

    axes = 3


class ZeroPad1d(_ZeroPad):
    """Border around a sequence, zeros; a negative padding cuts.

    Shapes:
        x: (N, C, L) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ZeroPad1d.

    Example:
        >>> ZeroPad1d((2, 1)).forward(np.array([[1.0, 2.0]])).ravel().tolist()
        [0.0, 0.0, 1.0, 2.0, 0.0]
    """

    axes = 1


class ZeroPad2d(_ZeroPad):
    """Border around an image, zeros; a negative padding cuts.

    Shapes:
        x: (N, C, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ZeroPad2d.

    Example:
        >>> ZeroPad2d((1, 1, 2, 0)).forward(np.zeros((1, 3, 4))).shape
        (1, 5, 6)
    """

    axes = 2


class ZeroPad3d(_ZeroPad):
    """Border around a volume, zeros; a negative padding cuts.

    Shapes:
        x: (N, C, D, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out without its border

    Source: torch.nn.ZeroPad3d.

    Example:
        >>> ZeroPad3d(1).forward(np.zeros((1, 2, 3, 4))).shape
        (1, 4, 5, 6)
    """

    axes = 3
