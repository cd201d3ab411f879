"""Rectangles of images blotted out, so that a network does not rely on one spot."""

import math
from collections.abc import Sequence

import numpy as np

from ...layers.core import Array, Share, Size, ValueRangeError, check_range, check_size
from .transform import Transform

__all__ = ["Cutout", "RandomErasing", "rectangle"]

_ATTEMPTS = 10      # to draw a rectangle that fits into the image, as torchvision


class Cutout(Transform):
    """Set a square of ``size`` pixels a side to ``value``, around a pixel drawn from each image; it may stick out.

    Shapes:
        x: (N, C, height, width)

    Source: DeVries & Taylor 2017, Improved Regularization of CNNs with Cutout.

    Example:
        >>> bool((Cutout(16)(np.ones((5, 3, 32, 32), np.float32)) == 0).any())
        True
    """

    def __init__(self, size: Size, value: float = 0.0) -> None:
        self.size = check_size(size, "size", "Cutout")
        self.value = value

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        n, _, height, width = self.image(x)
        top = rng.integers(0, height, n) - self.size // 2
        left = rng.integers(0, width, n) - self.size // 2
        inside = rectangle(height, width, top, left, top + self.size, left + self.size)
        return np.where(inside, x.dtype.type(self.value), x)


class RandomErasing(Transform):
    """Set a rectangle of each image to ``value``, with probability ``p``; its place and form are drawn.

    Its area is a share of the image's from ``scale``, its height over its width is from ``ratio``, evenly on a
    logarithmic scale. One that does not fit is drawn again, up to ten times.

    Shapes:
        x: (N, C, height, width)

    Source: Zhong et al. 2020, algorithm 1; torchvision.transforms.v2.RandomErasing.

    Example:
        >>> RandomErasing(p=1.0)(np.ones((5, 3, 32, 32), np.float32)).min()
        np.float32(0.0)
    """

    def __init__(self, p: Share = 0.5, scale: Sequence[float] = (0.02, 0.33), ratio: Sequence[float] = (0.3, 3.3),
                 value: float = 0.0) -> None:
        self.p = check_range(p, 0.0, 1.0, name="p", owner="RandomErasing")
        for name, between, highest in (("scale", scale, 1.0), ("ratio", ratio, np.inf)):
            if len(between) != 2 or not 0 < between[0] <= between[1] <= highest or between[1] == np.inf:
                raise ValueRangeError(f"RandomErasing expected {name} as the least and the greatest number, above 0"
                                      f"{' and up to 1' if name == 'scale' else ''}, got {between!r}")
        self.scale, self.ratio = (scale[0], scale[1]), (ratio[0], ratio[1])
        self.value = value

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        n, _, height, width = self.image(x)
        chosen = rng.random(n) < self.p
        area = rng.uniform(*self.scale, size=(_ATTEMPTS, n)) * height * width
        ratio = np.exp(rng.uniform(math.log(self.ratio[0]), math.log(self.ratio[1]), (_ATTEMPTS, n)))
        tall, wide = np.rint(np.sqrt(area * ratio)), np.rint(np.sqrt(area / ratio))
        fits = (tall < height) & (wide < width)
        first, samples = fits.argmax(axis=0), np.arange(n)
        tall, wide = (np.where(fits.any(axis=0) & chosen, side[first, samples], 0) for side in (tall, wide))
        top, left = (np.floor(rng.random(n) * (room + 1)) for room in (height - tall, width - wide))
        inside = rectangle(height, width, top, left, top + tall, left + wide)
        return np.where(inside, x.dtype.type(self.value), x)


def rectangle(height: int, width: int, top: Array, left: Array, bottom: Array, right: Array) -> Array:
    """Return which pixels are inside of one rectangle for each image, lower ends excluded: (N, 1, height, width)."""
    rows, columns = np.arange(height)[:, None], np.arange(width)
    top, left, bottom, right = (edge[:, None, None, None] for edge in (top, left, bottom, right))
    inside: Array = (top <= rows) & (rows < bottom) & (left <= columns) & (columns < right)
    return inside
