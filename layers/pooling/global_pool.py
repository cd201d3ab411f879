"""Pools over all that is spatial: one number remains of every channel, whatever the size of the input."""

from math import prod

import numpy as np

from ..core import Array, Field, Shape, ShapeError, show_shape
from ..linear_map import LinearMap
from .winner_pool import WinnerPool

__all__ = ["GlobalAvgPool", "GlobalMaxPool"]


class GlobalAvgPool(LinearMap):
    """Mean of every channel, ``y = x.mean(axis=(2, …))``; with ``keepdims`` the spatial axes stay, of size 1.

    Shapes:
        x: (N, C, *spatial), one spatial axis or more
        y: (N, C), with ``keepdims`` (N, C, 1, …)

    Gradients:
        grad_x = grad_out / size of the spatial axes, everywhere

    Cost: one addition per value; keeps nothing.

    Source: Lin, Chen & Yan 2014, "Network in network", section 3.2.

    Example:
        >>> GlobalAvgPool().forward(np.arange(8.0).reshape(1, 2, 2, 2)).tolist()
        [[1.5, 5.5]]
    """

    def __init__(self, keepdims: bool = False) -> None:
        self.keepdims = keepdims

    def apply(self, x: Array) -> Array:
        means: Array = x.reshape(*x.shape[:2], prod(x.shape[2:])).mean(axis=-1)
        return means.reshape(self.output_shape(x.shape))

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        share = grad_out.reshape(*x_shape[:2], *[1] * (len(x_shape) - 2)) / prod(x_shape[2:])
        return np.broadcast_to(share, x_shape).copy()

    def output_shape(self, x_shape: Shape) -> Shape:
        return _output_shape(self, x_shape)

    def work(self, x_shape: Shape) -> int:
        return prod(x_shape)

    def window(self, x_shape: Shape) -> Field:
        """Everything is seen."""
        return None


class GlobalMaxPool(WinnerPool):
    """Largest value of every channel, ``y = x.max(axis=(2, …))``; with ``keepdims`` the spatial axes stay, of size 1.

    Shapes:
        x: (N, C, *spatial), one spatial axis or more
        y: (N, C), with ``keepdims`` (N, C, 1, …)

    Gradients:
        grad_x = grad_out at the largest value (the first of equals), and zero elsewhere

    Cost: one comparison per value; keeps the winners' places.

    Source: Oquab, Bottou, Laptev & Sivic 2015, "Is object localization for free?".

    Example:
        >>> GlobalMaxPool().forward(np.arange(8.0).reshape(1, 2, 2, 2)).tolist()
        [[3.0, 7.0]]
    """

    def __init__(self, keepdims: bool = False) -> None:
        self.keepdims = keepdims

    def output_shape(self, x_shape: Shape) -> Shape:
        return _output_shape(self, x_shape)

    def find(self, x: Array, y_shape: Shape) -> tuple[Array, Array]:
        winners = x.reshape(*x.shape[:2], prod(x.shape[2:])).argmax(axis=-1).reshape(y_shape)
        return self.pick(x, winners), winners

    def spatial_axes(self, x_shape: Shape) -> int:
        return len(x_shape) - 2


def _output_shape(layer: GlobalAvgPool | GlobalMaxPool, x_shape: Shape) -> Shape:
    if len(x_shape) < 3 or 0 in x_shape[2:]:
        raise ShapeError(f"{layer.title} expected x of shape (N, C, *spatial), got {show_shape(x_shape)}")
    return (*x_shape[:2], *(1,) * (len(x_shape) - 2) * layer.keepdims)
