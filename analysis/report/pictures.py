"""Which arrays are pictures, and the picture of one sample, whatever it is."""

import math

import numpy as np

from ...layers.core import Array
from ..plots import draw_image, element, grey, path

__all__ = ["as_pictures", "draw_sample"]

LEAST_SIDE = 7      # of a picture that comes as a flat row


def as_pictures(x: Array) -> Array | None:
    """Return samples as pictures (N, H, W) or (N, H, W, 3), or None where they are none.

    Pictures are (N, H, W), (N, 1, H, W), (N, 3, H, W); of other channels the mean is shown. So are flat rows of a
    square number of 49 or more values, none of them negative.

    Example:
        >>> from chainrule.analysis.report.pictures import as_pictures
        >>> as_pictures(np.zeros((5, 64))).shape, as_pictures(np.zeros((5, 3, 8, 6))).shape
        ((5, 8, 8), (5, 8, 6, 3))
    """
    if x.ndim == 4 and min(x.shape[2:]) > 1:
        if x.shape[1] == 3:
            return x.transpose(0, 2, 3, 1)          # (N, C, H, W) -> (N, H, W, C)
        return np.asarray(x.mean(axis=1))
    if x.ndim == 3 and min(x.shape[1:]) >= LEAST_SIDE and x.dtype.kind != "c":
        return x
    if x.ndim == 2 and x.dtype.kind == "f":
        side = math.isqrt(x.shape[1])
        if side >= LEAST_SIDE and side * side == x.shape[1] and x.min() >= 0:
            return x.reshape(-1, side, side)
    return None


def draw_sample(pictures: Array | None, x: Array, number: int) -> str:
    """Return the picture of a sample: itself if it is one, else a curve through its numbers."""
    if pictures is not None:
        return draw_image(grey(pictures[number]), f"sample {number}")
    values = np.asarray(x[number], np.float64).reshape(-1)[:256]
    low, high = float(values.min()), float(values.max())
    places = [(4 + 76 * index / max(len(values) - 1, 1), 52 - 44 * (value - low) / ((high - low) or 1.0))
              for index, value in enumerate(values.tolist())]
    return element("svg", element("path", d=path(places), stroke="var(--blue)", class_="curve"), viewBox="0 0 84 60",
                   class_="plane", role="img", aria_label=f"sample {number}")
