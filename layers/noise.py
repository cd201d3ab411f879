"""Noise added to what passes through, in training only."""

import math

import numpy as np

from .core import Array, Description, NonNegative, Shape, check_range, default_rng
from .linear_map import LinearMap

__all__ = ["GaussianNoise"]


class GaussianNoise(LinearMap):
    """Normal noise added in training, ``y = x + noise`` with standard deviation ``std``; nothing in evaluation.

    Shapes:
        x, y: any

    Gradients:
        grad_x = grad_out

    Cost: one random number a value; keeps nothing.

    Raises: ValueRangeError for a negative std.

    Source: Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".

    Example:
        >>> GaussianNoise(0.1).eval().forward(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """

    def __init__(self, std: NonNegative = 0.1, *, rng: np.random.Generator | None = None) -> None:
        self.std = check_range(std, 0, math.inf, name="std", owner="GaussianNoise")
        self.rng = rng

    def forward(self, x: Array) -> Array:
        y = super().forward(x)
        if not self.training:
            return y
        noisy: Array = y + (self.std * default_rng(self.rng).standard_normal(x.shape)).astype(x.dtype)
        return noisy

    def apply(self, x: Array) -> Array:
        return x

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out

    def output_shape(self, x_shape: Shape) -> Shape:
        return x_shape

    def describe(self, *x_shapes: Shape) -> Description:
        """In evaluation the output is the input itself."""
        return self.description(*x_shapes, views=() if self.training else (0,))
