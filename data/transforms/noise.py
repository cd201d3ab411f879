"""Noise added to samples."""

import numpy as np

from ...layers.core import Array, Epsilon, check_range
from .transform import Transform

__all__ = ["PixelNoise"]


class PixelNoise(Transform):
    """Add noise of a mean and a standard deviation ``sigma`` to every number; ``clip`` keeps the sum within 0 … 1.

    Shapes:
        x: (N, ...)

    Source: torchvision.transforms.v2.GaussianNoise; that name is the layer's here.

    Example:
        >>> PixelNoise(sigma=0.5)(np.ones((5, 3, 32, 32), np.float32)).max()
        np.float32(1.0)
    """

    def __init__(self, mean: float = 0.0, sigma: Epsilon = 0.1, clip: bool = True) -> None:
        self.mean = mean
        self.sigma = check_range(sigma, 0.0, np.inf, name="sigma", owner="PixelNoise", open_high=True)
        self.clip = clip

    def change_x(self, x: Array, rng: np.random.Generator) -> Array:
        noise = rng.standard_normal(x.shape, np.float32)
        noisy: Array = (x + self.sigma * noise + self.mean).astype(x.dtype)
        return noisy.clip(0, 1) if self.clip else noisy
