"""Padding by mirror images."""

import numpy as np

from ..core import Array
from .pad import Pad

__all__ = ["ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d"]


class _ReflectionPad(Pad):
    def seen(self, position: Array, size: int) -> Array:
        mirrored: Array = np.abs(position)
        return np.where(mirrored < size, mirrored, 2 * (size - 1) - mirrored)

    def most(self, size: int) -> int:
        return size - 1


class ReflectionPad1d(_ReflectionPad):
    """Border around a sequence, mirrored at the edge, which is not repeated.

    Shapes:
        x: (N, C, L) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added where its mirror image lies

    Source: torch.nn.ReflectionPad1d.

    Example:
        >>> ReflectionPad1d(2).forward(np.array([[1.0, 2.0, 3.0]])).ravel().tolist()
        [3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    """

    axes = 1


class ReflectionPad2d(_ReflectionPad):
    """Border around an image, mirrored at the edge, which is not repeated.

    Shapes:
        x: (N, C, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added where its mirror image lies

    Source: torch.nn.ReflectionPad2d.

    Example:
        >>> ReflectionPad2d((1, 1, 2, 0)).forward(np.zeros((1, 3, 4))).shape
        (1, 5, 6)
    """

    axes = 2


class ReflectionPad3d(_ReflectionPad):
    """Border around a volume, mirrored at the edge, which is not repeated.

    Shapes:
        x: (N, C, D, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added where its mirror image lies

    Source: torch.nn.ReflectionPad3d.

    Example:
        >>> ReflectionPad3d(1).forward(np.zeros((1, 2, 3, 4))).shape
        (1, 4, 5, 6)
    """

    axes = 3
