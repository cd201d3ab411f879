"""Values at places of the flattened spatial axes of planes: picking them, adding to them, writing over them."""

from math import prod

import numpy as np

from ..core import Array, Shape

__all__ = ["place_pick", "place_put", "place_route"]


def place_pick(x: Array, places: Array, axes: int) -> Array:
    """Return what ``x`` has at the places.

    Shapes:
        x:         (..., *spatial), ``axes`` of them
        places, y: (..., *outputs), with the same leading axes
    """
    return np.take(x.reshape(-1), _positions(places, x.shape, axes)).reshape(places.shape)


def place_route(grad_out: Array, places: Array, x_shape: Shape, axes: int) -> Array:
    """Return ``grad_out`` added up at the places, an array of ``x_shape``: the adjoint of ``place_pick``."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    np.add.at(grad_x.reshape(-1), _positions(places, x_shape, axes), grad_out.reshape(-1))
    return grad_x


def place_put(x: Array, places: Array, y_shape: Shape, axes: int) -> Array:
    """Return zeros of ``y_shape`` with ``x`` at the places, the last of several for one place."""
    y = np.zeros(y_shape, x.dtype)
    y.reshape(-1)[_positions(places, y_shape, axes)] = x.reshape(-1)
    return y


def _positions(places: Array, shape: Shape, axes: int) -> Array:
    """Return the places in an array of that shape, read as one row."""
    planes, size = prod(shape[:len(shape) - axes]), prod(shape[len(shape) - axes:])
    rows = places.reshape(planes, places.size // max(planes, 1))
    return (rows + np.arange(planes)[:, None] * size).reshape(-1)
