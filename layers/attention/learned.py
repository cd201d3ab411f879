"""Learned positions: a trained vector for every place."""

import numpy as np

from ..core import Array, Parameter, Shape, ShapeError, Size, check_shape, check_size, show_shape
from ..init import normal_
from .added_positions import AddedPositions

__all__ = ["LearnedPositions"]


class LearnedPositions(AddedPositions):
    """A trained vector added for each place, ``y[p] = x[p] + weight[p]``, ``p`` the place along axis ``dim``.

    Shapes:
        x, y:   (..., L, embed_dim), L at most max_len; or with positions along another axis than the last but one
        weight: (max_len, embed_dim)

    Gradients:
        grad_x      = grad_out
        grad_weight = grad_out, summed over all axes but positions and features; zero for places not reached

    Cost: one addition for each value; keeps nothing.

    Raises: ShapeError for sequences longer than max_len.

    Source: Gehring et al. 2017; normal initial values of deviation 0.02, Radford et al. 2018 (GPT).

    Example:
        >>> LearnedPositions(16, 8).forward(np.zeros((3, 5, 8), np.float32)).shape
        (3, 5, 8)
    """

    def __init__(self, max_len: Size, embed_dim: Size, dim: int = -2, *,
                 rng: np.random.Generator | None = None) -> None:
        self.max_len = check_size(max_len, "max_len", "LearnedPositions")
        self.embed_dim = check_size(embed_dim, "embed_dim", "LearnedPositions")
        self.dim = dim
        self.weight: Parameter = normal_(Parameter(np.zeros((max_len, embed_dim))), 0, 0.02, rng=rng)

    def table(self, length: int, features: int) -> Array:
        return self.weight.data[:length]

    def check(self, x: Array | Shape) -> int:
        check_shape(x, (..., self.embed_dim), name="x", owner=self)
        length = super().check(x)
        if length > self.max_len:
            raise ShapeError(f"{self.title} expected x of at most {self.max_len} positions along axis {self.dim}, "
                             f"got {show_shape(x if isinstance(x, tuple) else x.shape)}")
        return length
