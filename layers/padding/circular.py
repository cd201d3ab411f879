"""Padding by going round."""

from ..core import Array
from .pad import Pad

__all__ = ["CircularPad1d", "CircularPad2d", "CircularPad3d"]


class _CircularPad(Pad):
    def seen(self, position: Array, size: int) -> Array:
        around: Array = position % size
        return around

    def most(self, size: int) -> int:
        return size


class CircularPad1d(_CircularPad):
    """Border around a sequence, going round: what lies at one end continues the other.

    Shapes:
        x: (N, C, L) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added at the other end

    Source: torch.nn.CircularPad1d.

    Example:
        >>> CircularPad1d(2).forward(np.array([[1.0, 2.0, 3.0]])).ravel().tolist()
        [2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0]
    """

    axes = 1


class CircularPad2d(_CircularPad):
    """Border around an image, going round: what lies at one end continues the other.

    Shapes:
        x: (N, C, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added at the other end

    Source: torch.nn.CircularPad2d.

    Example:
        >>> CircularPad2d((1, 1, 2, 0)).forward(np.zeros((1, 3, 4))).shape
        (1, 5, 6)
    """

    axes = 2


class CircularPad3d(_CircularPad):
    """Border around a volume, going round: what lies at one end continues the other.

    Shapes:
        x: (N, C, D, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added at the other end

    Source: torch.nn.CircularPad3d.

    Example:
        >>> CircularPad3d(1).forward(np.zeros((1, 2, 3, 4))).shape
        (1, 4, 5, 6)
    """

    axes = 3
