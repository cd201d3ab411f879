"""Angles of positions: a clock with one hand for each pair of features, each slower than the one before."""

from functools import lru_cache

import numpy as np

from ..core import Array, Layer, Shape, ShapeError, Size, show_shape

__all__ = ["along", "angles", "positions"]


@lru_cache(maxsize=32)
def angles(length: Size, features: int, base: float) -> Array:
    """Return ``angles[p, i] = p / base**(2 * i / features)`` for all positions and pairs of features; read-only."""
    pairs = np.arange((features + 1) // 2)
    result = np.arange(length)[:, None] / base ** (2 * pairs / features)
    result.flags.writeable = False
    return result


def positions(x_shape: Shape, dim: int, owner: Layer) -> int:
    """Return how many positions there are along axis ``dim``, or raise ShapeError; the last axis are the features."""
    if not -len(x_shape) <= dim < len(x_shape) or dim % len(x_shape) == len(x_shape) - 1:
        raise ShapeError(f"{owner.title} expected x with positions along axis {dim} and features along the last, "
                         f"got {show_shape(x_shape)}")
    return x_shape[dim]


def along(table: Array, dim: int, axes: int) -> Array:
    """Return a table of positions and features as one that broadcasts to an array with positions along ``dim``."""
    shape = [1] * axes
    shape[dim], shape[-1] = table.shape
    return table.reshape(shape)
