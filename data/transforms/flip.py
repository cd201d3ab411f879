"""Images mirrored."""

import numpy as np

from ...layers.core import Array, Share, check_range
from .transform import Transform

__all__ = ["RandomHorizontalFlip", "RandomVerticalFlip"]


class _Flip(Transform):
    """Mirror each image along ``axis`` with probability ``p``."""

    axis: int

    def __init__(self, p: Share = 0.5) -> None:
        self.p = check_range(p, 0.0, 1.0, name="p", owner=type(self).__name__)

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        self.image(x)
        chosen = rng.random(len(x)) < self.p
        return np.where(chosen[:, None, None, None], np.flip(x, self.axis), x)


class RandomHorizontalFlip(_Flip):
    """Mirror each image left to right, with probability ``p``.

    Shapes:
        x: (N, C, height, width)

    Source: torchvision.transforms.v2.RandomHorizontalFlip.

    Example:
        >>> RandomHorizontalFlip(p=1.0)(np.array([[[[1.0, 2.0, 3.0]]]])).tolist()
        [[[[3.0, 2.0, 1.0]]]]
    """

    axis = 3


class RandomVerticalFlip(_Flip):
    """Mirror each image upside down, with probability ``p``.

    Shapes:
        x: (N, C, height, width)

    Source: torchvision.transforms.v2.RandomVerticalFlip.

    Example:
        >>> RandomVerticalFlip(p=1.0)(np.array([[[[1.0], [2.0]]]])).tolist()
        [[[[2.0], [1.0]]]]
    """

    axis = 2
