"""Layer normalisation: the values of every sample standardised by their own mean and variance."""

from collections.abc import Iterable
from math import inf

import numpy as np

from ..core import Epsilon, Parameter, Size, check_range
from .trailing_norm import TrailingNorm

__all__ = ["LayerNorm"]


class LayerNorm(TrailingNorm):
    """Standardised samples, ``y = (x - mean) / sqrt(var + eps) * weight + bias`` over the last axes.

    Shapes:
        x, y:         (..., *normalized_shape); an integer is a shape of one axis
        weight, bias: normalized_shape

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) * inv_std,  inv_std = 1 / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over the leading axes

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each row.

    Source: Ba, Kiros & Hinton 2016; arguments of torch.nn.LayerNorm.

    Example:
        >>> LayerNorm(2).forward(np.array([[1.0, 3.0]], np.float32)).round(3).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(self, normalized_shape: Size | Iterable[int], eps: Epsilon = 1e-5, elementwise_affine: bool = True,
                 bias: bool = True) -> None:
        super().__init__(normalized_shape)
        self.eps = check_range(float(eps), 0.0, inf, name="eps", owner="LayerNorm", open_high=True)
        self.elementwise_affine = elementwise_affine
        self.weight = Parameter(np.ones(self.normalized_shape)) if elementwise_affine else None
        self.bias = Parameter(np.zeros(self.normalized_shape)) if elementwise_affine and bias else None
