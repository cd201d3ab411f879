"""Padding by repeating the edge."""

import numpy as np

from ..core import Array
from .pad import Pad

__all__ = ["ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d"]


class _ReplicationPad(Pad):
    def seen(self, position: Array, size: int) -> Array:
        return np.clip(position, 0, size - 1)


class ReplicationPad1d(_ReplicationPad):
    """Border around a sequence, the values at the edge repeated.

    Shapes:
        x: (N, C, L) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added to the edge

    Source: torch.nn.ReplicationPad1d.

    Example:
        >>> ReplicationPad1d(2).forward(np.array([[1.0, 2.0, 3.0]])).ravel().tolist()
        [1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0]
    """

    axes = 1


class ReplicationPad2d(_ReplicationPad):
    """Border around an image, the values at the edge repeated.

    Shapes:
        x: (N, C, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added to the edge

    Source: torch.nn.ReplicationPad2d.

    Example:
        >>> ReplicationPad2d((1, 1, 2, 0)).forward(np.zeros((1, 3, 4))).shape
        (1, 5, 6)
    """

    axes = 2


class ReplicationPad3d(_ReplicationPad):
    """Border around a volume, the values at the edge repeated.

    Shapes:
        x: (N, C, D, H, W) or without N
        padding: one number for all sides, or two for each axis, last axis first

    Gradients:
        grad_x = grad_out, and that of the border added to the edge

    Source: torch.nn.ReplicationPad3d.

    Example:
        >>> ReplicationPad3d(1).forward(np.zeros((1, 2, 3, 4))).shape
        (1, 4, 5, 6)
    """

    axes = 3
