"""Whitening in the place of batch normalisation: channels made uncorrelated and of variance one."""

import numpy as np

from ..core import Array, Epsilon, Share, Size
from .channel_mixing import ChannelMixing
from .inverse_gaps import SpectralGradient

__all__ = ["ZCAWhitening"]


class ZCAWhitening(ChannelMixing):
    """Uncorrelated channels of variance one, ``y = matrix @ (x - mean) * weight + bias``, in each of the groups.

    ``matrix = covariance @ (covariance + eps * I)**(-3/2)``, which is ``covariance**(-1/2)`` but for directions of
    hardly any variance: those go to zero instead of being blown up. In training mean and matrix are the batch's, in
    evaluation running ones. "spectral" is the exact gradient and always finite; the others as in EigenDecomposition.

    Shapes:
        x, y:           (N, num_features, …)
        weight, bias:   (num_features,), with ``affine``
        running_matrix: (num_groups, width, width), width = num_features / num_groups

    Gradients:
        grad_covariance = vectors @ (bend * (vectors.T @ grad_matrix @ vectors)) @ vectors.T
        grad_x          = matrix @ grad_hat + 2 / n * grad_covariance @ centred, less its mean; see ChannelMixing

    Cost: 2·width multiply-adds per element, 9·width³ per group; keeps ``x`` and two matrices per group.

    Raises: ValueRangeError for a batch of one value per channel in training, or groups of unequal size.

    Source: Wang, Dang, Hu, Fua & Salzmann 2019; Daleckiĭ & Kreĭn 1965 (spectral).

    Example:
        >>> y = ZCAWhitening(2).forward(np.random.default_rng(0).normal(size=(99, 2)) @ [[2.0, 1.0], [0.0, 1.0]])
        >>> bool(np.abs(y.T @ y / 99 - np.eye(2)).max() < 1e-3)
        True
    """

    def __init__(self, num_features: Size, num_groups: Size = 1, gradient: SpectralGradient = "spectral",
                 iterations: Size = 20, eps: Epsilon = 1e-4, momentum: Share = 0.1, affine: bool = True) -> None:
        super().__init__(num_features, num_groups, gradient, iterations, eps, momentum, affine)

    def scale(self, values: Array) -> Array:
        return np.asarray(values**-0.5 - self.eps * values**-1.5)

    def slope(self, values: Array) -> Array:
        return np.asarray(-0.5 * values**-1.5 + 1.5 * self.eps * values**-2.5)

    def divided(self, values: Array) -> Array:
        # the divided differences of root**-1 and of root**-3, with the difference of the roots cancelled
        root = np.sqrt(values)
        a, b = root[:, :, None], root[:, None, :]
        return np.asarray((self.eps * (a * a + a * b + b * b) / (a * b) ** 2 - 1) / (a * b * (a + b)))
