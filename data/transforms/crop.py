"""Pieces cut out of images, at a place that is drawn or from the middle."""

from collections.abc import Sequence

import numpy as np

from ...layers.core import Array, ShapeError
from .transform import Transform, pair

__all__ = ["CenterCrop", "RandomCrop"]


class RandomCrop(Transform):
    """Cut a piece of ``size`` out of each image at a random place, after adding ``padding`` pixels of ``fill`` around.

    Shapes:
        x: (N, C, height, width) -> (N, C, *size)

    Raises: ShapeError for images smaller than ``size``.

    Source: torchvision.transforms.v2.RandomCrop.

    Example:
        >>> RandomCrop(32, padding=4)(np.ones((5, 3, 32, 32), np.float32)).shape
        (5, 3, 32, 32)
    """

    def __init__(self, size: int | Sequence[int], padding: int | Sequence[int] = 0, fill: float = 0.0) -> None:
        self.size = pair(size, "size", self)
        self.padding = pair(padding, "padding", self, least=0)
        self.fill = fill

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        self.image(x)
        around = ((0, 0), (0, 0), (self.padding[0],) * 2, (self.padding[1],) * 2)
        padded = np.pad(x, around, constant_values=self.fill) if any(self.padding) else x
        windows = _windows(padded, self.size, self)
        top, left = (rng.integers(0, windows.shape[axis], len(x)) for axis in (2, 3))
        return np.ascontiguousarray(windows[np.arange(len(x)), :, top, left])


class CenterCrop(Transform):
    """Cut a piece of ``size`` out of the middle of each image.

    Shapes:
        x: (N, C, height, width) -> (N, C, *size)

    Raises: ShapeError for images smaller than ``size``.

    Source: torchvision.transforms.v2.CenterCrop, but images that are too small are refused.

    Example:
        >>> CenterCrop(2)(np.arange(16.0).reshape(1, 1, 4, 4)).tolist()
        [[[[5.0, 6.0], [9.0, 10.0]]]]
    """

    random = False

    def __init__(self, size: int | Sequence[int]) -> None:
        self.size = pair(size, "size", self)

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        self.image(x)
        windows = _windows(x, self.size, self)
        top, left = (round((windows.shape[axis] - 1) / 2) for axis in (2, 3))
        return windows[:, :, top, left].copy()


def _windows(x: Array, size: tuple[int, int], owner: Transform) -> Array:
    """Return a view of all pieces: (N, C, H, W) -> (N, C, H - height + 1, W - width + 1, height, width)."""
    if x.shape[2] < size[0] or x.shape[3] < size[1]:
        raise ShapeError(f"{type(owner).__name__} expected images of at least {size}, its size, got "
                         f"{x.shape[2:]}, padding included")
    return np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
