"""Channels brought to mean 0 and standard deviation 1 by numbers that are known."""

from collections.abc import Sequence

import numpy as np

from ...layers.core import Array, ShapeError, ValueRangeError
from .transform import Transform

__all__ = ["Normalize"]


class Normalize(Transform):
    """Shift and scale each channel, ``y = (x - mean) / std``, by numbers known beforehand.

    To learn them from the training data and keep them with the model, take ``Standardize``. Nothing is drawn, so it is
    for all data and no augmentation.

    Shapes:
        x: (N, C, ...)

    Raises: ShapeError for other channels than numbers.

    Source: torchvision.transforms.v2.Normalize.

    Example:
        >>> Normalize([0.5], [0.25])(np.ones((1, 1, 1, 2), np.float32)).tolist()
        [[[[2.0, 2.0]]]]
    """

    random = False

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        if len(mean) != len(std) or not all(scale > 0 for scale in std):
            raise ValueRangeError(f"Normalize expected a mean and a std above 0 for each channel, got {mean!r} and "
                                  f"{std!r}")
        self.mean, self.std = list(mean), list(std)

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        if x.ndim < 2 or x.shape[1] != len(self.mean):
            raise ShapeError(f"Normalize expected x of shape (N, {len(self.mean)}, ...), a channel for each mean, got "
                             f"{x.shape}")
        channels = (len(self.mean), *[1] * (x.ndim - 2))
        y: Array = (x - np.reshape(self.mean, channels)) / np.reshape(self.std, channels)
        return y.astype(x.dtype)
