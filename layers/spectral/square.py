"""What layers of square matrices share: the check of the shape, and the symmetric part."""

from typing import Any

import numpy as np

from ..core import Array, Layer, ShapeError, check_shape, show_shape

__all__ = ["check_square", "symmetric"]


def check_square(x: Any, owner: Layer) -> None:
    """Raise unless ``x``, an array or a shape, is a matrix with as many rows as columns, or several of them."""
    check_shape(x, (..., "d", "d"), name="x", owner=owner)
    shape = x if isinstance(x, tuple) else x.shape
    if shape[-1] != shape[-2]:
        raise ShapeError(f"{owner.title} expected x of as many rows as columns, (..., d, d), got {show_shape(shape)}")


def symmetric(x: Array) -> Array:
    """Return the symmetric part of matrices; the map is its own adjoint."""
    return np.asarray((x + x.swapaxes(-1, -2)) / 2)
