"""Samples mixed with others of their batch, and their targets in the same proportion."""

import math
from typing import Annotated

import numpy as np

from ...layers.core import Array, ShapeError, ValueRangeError, Within, check_range, check_size
from .erasing import rectangle
from .transform import Transform

__all__ = ["CutMix", "MixUp"]


class _Mixing(Transform):
    """Mix each sample with the one before it: ``share`` of it stays, a number drawn from Beta(alpha, alpha)."""

    def __init__(self, alpha: Annotated[float, Within(0, open_low=True, open_high=True)] = 1.0,
                 num_classes: Annotated[int, Within(2)] | None = None) -> None:
        self.alpha = check_range(alpha, 0.0, np.inf, name="alpha", owner=type(self).__name__, open_low=True,
                                 open_high=True)
        self.num_classes = num_classes if num_classes is None else check_size(num_classes, "num_classes",
                                                                              type(self).__name__, least=2)

    def shares(self, y: Array) -> Array:
        """Return targets that can be mixed: numbers as they are, of classes the share of each."""
        if y.dtype.kind == "f":
            return y
        if self.num_classes is None or y.ndim != 1:
            raise ShapeError(f"{type(self).__name__} expected y of shape (N,) and num_classes to mix classes, or "
                             f"targets that are numbers, got {y.dtype} of shape {y.shape} and num_classes="
                             f"{self.num_classes}")
        if not 0 <= y.min() <= y.max() < self.num_classes:
            raise ValueRangeError(f"{type(self).__name__} expected classes from 0 to {self.num_classes - 1}, got "
                                  f"{y.min()} to {y.max()}; set num_classes")
        return np.eye(self.num_classes, dtype=np.float32)[y]


class MixUp(_Mixing):
    """Mix each sample with the one before it, ``x = share * x + (1 - share) * before``, and their targets alike.

    ``share`` is drawn once for a batch from Beta(alpha, alpha): even for alpha = 1, near 0 or 1 for small ones. Classes
    become shares of ``num_classes`` classes, which CrossEntropyLoss and the metrics take.

    Shapes:
        x: (N, ...)
        y: (N,) classes -> (N, num_classes) float32; or (N, ...) numbers

    Source: Zhang et al. 2018; torchvision.transforms.v2.MixUp.

    Example:
        >>> x, y = MixUp(num_classes=3)(np.ones((4, 2), np.float32), np.array([0, 1, 2, 0]))
        >>> y.shape, y.sum(axis=1).round(6).tolist()
        ((4, 3), [1.0, 1.0, 1.0, 1.0])
    """

    def change(self, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        share = float(rng.beta(self.alpha, self.alpha))
        return _mixed(x, share), _mixed(self.shares(y), share)


class CutMix(_Mixing):
    """Paste a rectangle of the sample before it into each image, and mix the targets by the areas.

    The rectangle has the form of the image and a share ``1 - Beta(alpha, alpha)`` of its area; its middle is drawn once
    for a batch, and what sticks out of the image is lost.

    Shapes:
        x: (N, C, height, width)
        y: (N,) classes -> (N, num_classes) float32; or (N, ...) numbers

    Source: Yun et al. 2019; torchvision.transforms.v2.CutMix.

    Example:
        >>> x, y = CutMix(num_classes=3)(np.ones((4, 1, 8, 8), np.float32), np.array([0, 1, 2, 0]))
        >>> y.shape
        (4, 3)
    """

    def change(self, x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        _, _, height, width = self.image(x)
        half = 0.5 * math.sqrt(1 - rng.beta(self.alpha, self.alpha))
        row, column = rng.integers(0, height), rng.integers(0, width)
        edges = (row - half * height, column - half * width, row + half * height, column + half * width)
        inside = rectangle(height, width, *(np.array([int(edge)]) for edge in edges))
        return np.where(inside, np.roll(x, 1, axis=0), x), _mixed(self.shares(y), 1 - float(inside.mean()))


def _mixed(values: Array, share: float) -> Array:
    mixed: Array = (share * values + (1 - share) * np.roll(values, 1, axis=0)).astype(values.dtype)
    return mixed
