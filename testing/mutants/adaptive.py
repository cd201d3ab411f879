"""Wrong backwards of pools whose windows are no fixed grid: shares, random places, and everything at once."""

from math import prod
from typing import Any

import numpy as np

from ...layers import AdaptiveAvgPool2d, AdaptiveMaxPool2d, FractionalMaxPool2d, GlobalAvgPool, GlobalMaxPool
from ...layers.core import Array, Shape
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

mean = Subject(AdaptiveAvgPool2d, lambda: AdaptiveAvgPool2d((3, 4)), ((2, 3, 7, 5),))
largest = Subject(AdaptiveMaxPool2d, lambda: AdaptiveMaxPool2d((3, 4)), ((2, 3, 7, 5),))
fractional = Subject(FractionalMaxPool2d, lambda: FractionalMaxPool2d((3, 2), output_size=(4, 5)), ((2, 3, 7, 9),))
global_mean = Subject(GlobalAvgPool, GlobalAvgPool, ((2, 3, 5, 4),))
global_largest = Subject(GlobalMaxPool, GlobalMaxPool, ((2, 3, 5, 4),))

SUBJECTS = (mean, largest, fractional, global_mean, global_largest)


@mean.wrong("accumulate", method="adjoint")
def overlap_of_shares_forgotten(self: AdaptiveAvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """A value that lies in two shares gets the gradient of the last instead of the sum of both."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    (tops, bottoms), (lefts, rights) = self.shares(x_shape)
    for row, column in np.ndindex(*grad_out.shape[2:]):
        block = ..., slice(tops[row], bottoms[row]), slice(lefts[column], rights[column])
        grad_x[block] = grad_out[:, :, row, column, None, None] / grad_x[block][0, 0].size
    return grad_x


@mean.wrong("order", method="adjoint")
def shares_rounded_down(self: AdaptiveAvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is enlarged by repeating, as if every value belonged to exactly one share."""
    rows, columns = (np.arange(size) * count // size
                     for size, count in zip(x_shape[2:], grad_out.shape[2:], strict=True))
    return grad_out[:, :, rows][..., columns] * (prod(grad_out.shape[2:]) / prod(x_shape[2:]))


@mean.wrong("factor", method="adjoint")
def gradient_of_the_sum(self: AdaptiveAvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """The division by the size of the share is forgotten."""
    return AdaptiveAvgPool2d.adjoint(self, grad_out * (prod(x_shape[2:]) / prod(grad_out.shape[2:])), x_shape)


@largest.wrong("order")
def rows_and_columns_of_the_place_exchanged(self: AdaptiveMaxPool2d, grad_out: Array) -> Any:
    """The place is read column by column, though it was counted row by row."""
    winners, (_, _, height, width), _ = self.point()
    turned = winners % height * width + winners // height
    self.cache = self.cache._replace(winners=turned)
    try:
        return AdaptiveMaxPool2d.backward(self, grad_out)
    finally:
        self.cache = self.cache._replace(winners=winners)


@largest.wrong("batch")
def places_of_the_first_channel(self: AdaptiveMaxPool2d, grad_out: Array) -> Any:
    """All channels send their gradient to where the first one has its winners."""
    if AdaptiveMaxPool2d.backward(self, grad_out) is None:
        return None
    return self.route(grad_out, np.broadcast_to(self.cache.winners[:, :1], grad_out.shape), self.cache.x_shape)


@fractional.wrong("mean")
def gradient_at_all_equal_steps(self: FractionalMaxPool2d, grad_out: Array) -> Any:
    """The gradient is spread as if windows stood side by side at equal steps."""
    if FractionalMaxPool2d.backward(self, grad_out) is None:
        return None
    rows, columns = (np.arange(size) * count // size
                     for size, count in zip(self.cache.x_shape[2:], grad_out.shape[2:], strict=True))
    return np.asarray(grad_out[:, :, rows][..., columns], self.cache.dtype)


@fractional.wrong("accumulate")
def overlapping_windows_overwritten(self: FractionalMaxPool2d, grad_out: Array) -> Any:
    """A value that wins in two windows gets one gradient instead of the sum of both."""
    if FractionalMaxPool2d.backward(self, grad_out) is None:
        return None
    winners, x_shape, dtype = self.cache
    grad_x = np.zeros((*x_shape[:2], prod(x_shape[2:])), dtype)
    rows = (*x_shape[:2], -1)
    np.put_along_axis(grad_x, winners.reshape(rows), grad_out.reshape(rows), axis=2)
    return grad_x.reshape(x_shape)


@global_mean.wrong("mean", method="adjoint")
def division_by_the_size_forgotten(self: GlobalAvgPool, grad_out: Array, x_shape: Shape) -> Array:
    """Every value gets the whole gradient; a mean hands each only its part."""
    return GlobalAvgPool.adjoint(self, grad_out * prod(x_shape[2:]), x_shape)


@global_mean.wrong("factor", method="adjoint")
def divided_by_one_axis_only(self: GlobalAvgPool, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is divided by the width of the image instead of its area."""
    return GlobalAvgPool.adjoint(self, grad_out * x_shape[2], x_shape)


@global_largest.wrong("batch")
def largest_of_the_whole_batch(self: GlobalMaxPool, grad_out: Array) -> Any:
    """All images send their gradient to where the first one has its winners."""
    if GlobalMaxPool.backward(self, grad_out) is None:
        return None
    winners = np.broadcast_to(self.cache.winners[:1], grad_out.shape)
    return self.route(grad_out, winners, self.cache.x_shape).astype(self.cache.dtype)


@global_largest.wrong("upstream")
def one_at_the_winner(self: GlobalMaxPool, grad_out: Array) -> Any:
    """The mask of the winners is returned without the upstream gradient."""
    return each(lambda grad: grad, GlobalMaxPool.backward(self, np.ones_like(grad_out)))
