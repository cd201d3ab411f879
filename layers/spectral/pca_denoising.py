"""Denoising by principal components: channels projected to the directions in which they vary most."""

import numpy as np

from ..core import Array, Epsilon, Share, Size, ValueRangeError
from .channel_mixing import ChannelMixing
from .inverse_gaps import SpectralGradient

__all__ = ["PCADenoising"]


class PCADenoising(ChannelMixing):
    """Channels without the directions in which they vary least, ``y = matrix @ (x - mean) * weight + bias``.

    ``matrix`` projects the channels of a group to ``components`` eigenvectors of their covariance: a whole number of
    them, or as many as hold a share such as 0.99 of the variance. In training mean and matrix are the batch's, in
    evaluation running ones. The gradient has no bound where the last direction kept meets the first left out, but for
    "power" and "taylor". The paper standardises the channels before, ``BatchNorm2d(num_features, affine=False)``.

    Shapes:
        x, y:           (N, num_features, …)
        weight, bias:   (num_features,), with ``affine``
        running_matrix: (num_groups, width, width), width = num_features / num_groups

    Gradients:
        grad_covariance = vectors @ (bend * (vectors.T @ grad_matrix @ vectors)) @ vectors.T
        bend[i, j]      = 1 / (values[i] - values[j]) if i is kept and j is not, symmetric, else 0, or its series
        grad_x          = matrix @ grad_hat + 2 / n * grad_covariance @ centred, less its mean; see ChannelMixing

    Cost: 2·width multiply-adds per element, 9·width³ per group; keeps ``x`` and two matrices per group.

    Raises: ValueRangeError for a batch of one value per channel in training, or groups of unequal size.

    Source: Wang, Dang, Hu, Fua & Salzmann 2019, section 3.3; Daleckiĭ & Kreĭn 1965 (spectral).

    Example:
        >>> PCADenoising(2, components=1).forward(np.array([[2.0, 2.1], [-2.0, -2.1]], np.float32)).shape
        (2, 2)
    """

    def __init__(self, num_features: Size, num_groups: Size = 1, components: int | float = 0.99,
                 gradient: SpectralGradient = "spectral", iterations: Size = 20, eps: Epsilon = 1e-4,
                 momentum: Share = 0.1, affine: bool = True) -> None:
        super().__init__(num_features, num_groups, gradient, iterations, eps, momentum, affine)
        whole = isinstance(components, int) or components > 1
        if isinstance(components, bool) or components <= 0 or (whole and components not in range(1, self.width + 1)):
            raise ValueRangeError(f"PCADenoising expected components as a whole number up to {self.width}, the "
                                  f"channels of a group, or as a share above 0 and up to 1.0, got {components!r}")
        self.components = components

    def scale(self, values: Array) -> Array:
        if isinstance(self.components, int) or self.components > 1:
            least = np.full(len(values), self.width - int(self.components))
        else:       # the energy of the least ones, added up from below: left out while it stays within what may be lost
            lost = values.cumsum(axis=1) / values.sum(axis=1, keepdims=True)
            least = np.minimum((lost < 1 - self.components).sum(axis=1), self.width - 1)
        return np.asarray(np.arange(self.width) >= least[:, None], values.dtype)

    def slope(self, values: Array) -> Array:
        return np.zeros_like(values)

    def divided(self, values: Array) -> Array:
        kept = self.scale(values)
        step = kept[:, :, None] - kept[:, None, :]
        gap = values[:, :, None] - values[:, None, :]
        with np.errstate(divide="ignore"):
            return np.asarray(step / np.where(step == 0, 1, gap))
