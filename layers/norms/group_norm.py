"""Group normalisation: the channels of an example standardised group by group."""

from math import inf, prod

import numpy as np

from ..core import (
    Array,
    Epsilon,
    Parameter,
    Shape,
    ShapeError,
    Size,
    ValueRangeError,
    check_range,
    check_shape,
    check_size,
    show_shape,
)
from .row_norm import RowNorm

__all__ = ["GroupNorm"]


class GroupNorm(RowNorm):
    """Standardised groups of channels, ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

    Mean and variance are those of one group of one example, over its channels and all places.

    Shapes:
        x, y:         (N, num_channels, …)
        weight, bias: (num_channels,)

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) * inv_std,  inv_std = 1 / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over a group
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over all but the channels

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each group.

    Raises: ValueRangeError unless num_groups divides num_channels.

    Source: Wu & He 2018; arguments of torch.nn.GroupNorm.

    Example:
        >>> GroupNorm(1, 2).forward(np.array([[1.0, 3.0]], np.float32)).round(3).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(self, num_groups: Size, num_channels: Size, eps: Epsilon = 1e-5, affine: bool = True, *,
                 bias: bool = True) -> None:
        self.num_groups = check_size(num_groups, "num_groups", "GroupNorm")
        self.num_channels = check_size(num_channels, "num_channels", "GroupNorm")
        if num_channels % num_groups:
            raise ValueRangeError(f"GroupNorm expected num_groups that divides num_channels {num_channels}, "
                                  f"got {num_groups}")
        self.eps = check_range(float(eps), 0.0, inf, name="eps", owner="GroupNorm", open_high=True)
        self.affine = affine
        self.weight = Parameter(np.ones(num_channels)) if affine else None
        self.bias = Parameter(np.zeros(num_channels)) if affine and bias else None

    def rows(self, x_shape: Shape) -> int:
        return x_shape[0] * self.num_groups

    def spread(self, values: Array, x_shape: Shape) -> Array:
        return values.reshape(-1, *(1,) * (len(x_shape) - 2))

    def check(self, x: Array | Shape) -> None:
        axes = len(x if isinstance(x, tuple) else np.shape(x))
        check_shape(x, ("N", self.num_channels, *(f"L{axis}" for axis in range(axes - 2))), name="x", owner=self)
        x_shape = x if isinstance(x, tuple) else x.shape
        if prod(x_shape) // self.num_groups == 1:       # several groups of one value pass, as in PyTorch
            raise ShapeError(f"{self.title} expected more than one value to take statistics of, "
                             f"got {show_shape(x_shape)}")
