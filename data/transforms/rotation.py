"""Images turned by angles that are drawn."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from ...layers.core import Array, ValueRangeError, check_choice
from .transform import Transform

__all__ = ["RandomRotation"]


class RandomRotation(Transform):
    """Turn each image around its middle, counter-clockwise by an angle drawn from ``degrees``, -a … a for one number.

    With (dy, dx) from the middle, the value at a pixel is that of the image at
    ``(sin * dx + cos * dy, cos * dx - sin * dy)``: the nearest one, or, bilinear, the mean of the four around that
    place, each the more the nearer it is. Outside of the image is ``fill``.

    Shapes:
        x: (N, C, height, width)

    Source: torchvision.transforms.v2.RandomRotation, with expand=False and center=None.

    Example:
        >>> RandomRotation((90, 90))(np.array([[[[1.0, 2.0], [3.0, 4.0]]]])).tolist()
        [[[[2.0, 4.0], [1.0, 3.0]]]]
    """

    def __init__(self, degrees: float | Sequence[float], interpolation: Literal["nearest", "bilinear"] = "nearest",
                 fill: float = 0.0) -> None:
        between = (-degrees, degrees) if isinstance(degrees, int | float) else tuple(degrees)
        if len(between) != 2 or not -np.inf < between[0] <= between[1] < np.inf:
            raise ValueRangeError(f"RandomRotation expected degrees as one number of at least 0, or the least and the "
                                  f"greatest angle, got {degrees!r}")
        self.degrees = between[0], between[1]
        self.interpolation = check_choice(interpolation, ("nearest", "bilinear"), name="interpolation",
                                          owner="RandomRotation")
        self.fill = fill

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        _, _, height, width = self.image(x)
        angle = np.deg2rad(rng.uniform(*self.degrees, size=(len(x), 1, 1)))
        dy, dx = np.arange(height)[:, None] - (height - 1) / 2, np.arange(width) - (width - 1) / 2
        # rounded, for a quarter turn shall meet the pixels and not their borders
        rows = (np.sin(angle) * dx + np.cos(angle) * dy + (height - 1) / 2).round(9)
        columns = (np.cos(angle) * dx - np.sin(angle) * dy + (width - 1) / 2).round(9)
        if self.interpolation == "nearest":
            return self._at(x, np.rint(rows), np.rint(columns))
        top, left = np.floor(rows), np.floor(columns)
        turned = np.zeros_like(x)
        for row, share in ((top, 1 - rows + top), (top + 1, rows - top)):
            for column, part in ((left, 1 - columns + left), (left + 1, columns - left)):
                turned += self._at(x, row, column) * (share * part)[:, None].astype(x.dtype)
        return turned

    def _at(self, x: Array, rows: Array, columns: Array) -> Array:
        """Return the pixels at these places, ``fill`` outside: (N, C, H, W) and (N, H, W) -> (N, C, H, W)."""
        height, width = x.shape[2:]
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        place = np.where(inside, rows * width + columns, 0).astype(np.intp).reshape(len(x), 1, -1)
        found = np.take_along_axis(x.reshape(*x.shape[:2], -1), place, axis=2).reshape(x.shape)
        return np.where(inside[:, None], found, x.dtype.type(self.fill))
