"""Root-mean-square normalisation: layer normalisation that leaves the mean where it is."""

from collections.abc import Iterable
from math import inf

import numpy as np

from ..core import Epsilon, Parameter, Size, check_range
from .trailing_norm import TrailingNorm

__all__ = ["RMSNorm"]


class RMSNorm(TrailingNorm):
    """Samples of root mean square one, ``y = x / sqrt(mean(x**2) + eps) * weight`` over the last axes.

    ``eps=None`` stands for the smallest step between numbers near one in the dtype of the computation.

    Shapes:
        x, y:   (..., *normalized_shape); an integer is a shape of one axis
        weight: normalized_shape

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = x * inv_std,  inv_std = 1 / sqrt(mean(x**2) + eps)
        grad_x      = (grad_hat - x_hat * mean(grad_hat * x_hat)) * inv_std
        grad_weight = grad_out * x_hat, summed over the leading axes

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each row.

    Source: Zhang & Sennrich 2019; arguments of torch.nn.RMSNorm.

    Example:
        >>> RMSNorm(2).forward(np.array([[3.0, 4.0]], np.float32)).round(3)
        array([[0.849, 1.131]], dtype=float32)
    """

    centered = False

    def __init__(self, normalized_shape: Size | Iterable[int], eps: Epsilon | None = None,
                 elementwise_affine: bool = True) -> None:
        super().__init__(normalized_shape)
        self.eps = None if eps is None else check_range(float(eps), 0.0, inf, name="eps", owner="RMSNorm",
                                                        open_high=True)
        self.elementwise_affine = elementwise_affine
        self.weight = Parameter(np.ones(self.normalized_shape)) if elementwise_affine else None
