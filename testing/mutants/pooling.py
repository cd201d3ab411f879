"""Wrong backwards of pools."""

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from ...layers import AvgPool2d, MaxPool2d
from ...layers.core import Array, Shape
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

largest = Subject(MaxPool2d, lambda: MaxPool2d(3, stride=2), ((2, 3, 7, 5),))
mean = Subject(AvgPool2d, lambda: AvgPool2d(3, stride=2, padding=1, count_include_pad=False), ((2, 3, 7, 5),))

SUBJECTS = (largest, mean)

Write = Callable[[Array, Any, Array], None]


def add(grad_x: Array, window: Any, values: Array) -> None:
    """Add to what other windows have written."""
    grad_x[window] += values


def overwrite(grad_x: Array, window: Any, values: Array) -> None:
    """Write over what other windows have written, except with nothing."""
    grad_x[window] = np.where(values == 0, grad_x[window], values)


def window_by_window(layer: MaxPool2d, grad_out: Array, share: Callable[[Array, Array], Array], write: Write) -> Any:
    """Go back in a loop over the outputs: ``share`` turns gradient and winning tap into the gradient of the window."""
    if MaxPool2d.backward(layer, grad_out) is None:
        return None
    winners, x_shape, dtype = layer.cache
    kernel, stride, _, _ = layer.geometry
    grad_x = np.zeros(x_shape, dtype)
    for row, column in np.ndindex(*grad_out.shape[2:]):
        top, left = row * stride[0], column * stride[1]
        taps = np.arange(kernel[0] * kernel[1]).reshape(kernel)
        won = winners[:, :, row, column, None, None] == taps                # (N, C, kH, kW)
        write(grad_x, (..., slice(top, top + kernel[0]), slice(left, left + kernel[1])),
              share(grad_out[:, :, row, column, None, None], won))
    return grad_x


@largest.wrong("mask")
def gradient_to_the_whole_window(self: MaxPool2d, grad_out: Array) -> Any:
    """Every tap of the window gets the gradient, also those that lost."""
    return window_by_window(self, grad_out, lambda grad, won: grad * np.ones(won.shape), add)


@largest.wrong("mean")
def gradient_shared_by_the_window(self: MaxPool2d, grad_out: Array) -> Any:
    """The gradient is shared evenly by the taps of the window, which is the rule of the mean."""
    return window_by_window(self, grad_out, lambda grad, won: grad * np.ones(won.shape) / won[0, 0].size, add)


@largest.wrong("accumulate")
def overlapping_winners_overwritten(self: MaxPool2d, grad_out: Array) -> Any:
    """A value that wins in two windows gets the gradient of the last instead of the sum of both."""
    return window_by_window(self, grad_out, lambda grad, won: grad * won, overwrite)


@largest.wrong("order")
def gradient_to_the_first_tap(self: MaxPool2d, grad_out: Array) -> Any:
    """The gradient goes to the corner of the window, wherever the largest value was."""
    return window_by_window(self, grad_out, lambda grad, won: grad * (np.arange(9).reshape(3, 3) == 0), add)


@largest.wrong("order")
def rows_and_columns_of_the_winner_exchanged(self: MaxPool2d, grad_out: Array) -> Any:
    """The number of the winning tap is read column by column, though it was counted row by row."""
    return window_by_window(self, grad_out, lambda grad, won: grad * won.swapaxes(2, 3), add)


@largest.wrong("cache", method="forward")
def winners_of_the_first_batch(self: MaxPool2d, x: Array) -> Array:
    """The winners are found when there are none yet, so later batches go back along the paths of the first."""
    y: Array = MaxPool2d.forward(self, x)
    kept = vars(self).setdefault("_winners", self.cache.winners)
    if kept.shape == y.shape:
        self.cache = self.cache._replace(winners=kept)
    return y


@mean.wrong("mean", method="adjoint")
def division_forgotten(self: AvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """Every tap gets the whole gradient; a mean hands each only its part."""
    return AvgPool2d.adjoint(self, grad_out * 9, x_shape)


@mean.wrong("mean", method="adjoint")
def padding_counted(self: AvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """At the border the gradient is divided by the whole window, though the mean left the padding out."""
    other = copy(self)
    other.count_include_pad = True
    return AvgPool2d.adjoint(other, grad_out, x_shape)


@mean.wrong("factor", method="adjoint")
def divided_by_the_stride(self: AvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is divided by the area of the stride instead of that of the window."""
    return AvgPool2d.adjoint(self, grad_out * 9 / 4, x_shape)


@mean.wrong("accumulate", method="adjoint")
def overlaps_overwritten(self: AvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """Where windows overlap, the last one's share is kept instead of the sum."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    for place in np.ndindex(*grad_out.shape[2:]):
        alone = np.zeros_like(grad_out)
        alone[(..., *place)] = grad_out[(..., *place)]
        overwrite(grad_x, ..., AvgPool2d.adjoint(self, alone, x_shape))
    return grad_x


@mean.wrong("order", method="adjoint")
def nearest_value_repeated(self: AvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is enlarged by repeating values, which fits windows side by side, not windows that overlap."""
    repeated = grad_out.repeat(2, axis=2).repeat(2, axis=3)[:, :, :x_shape[2], :x_shape[3]] / 9
    return np.asarray(repeated)


@largest.wrong("upstream")
def ones_at_the_winners(self: MaxPool2d, grad_out: Array) -> Any:
    """The mask of the winners is returned without the upstream gradient."""
    return each(lambda grad: grad, MaxPool2d.backward(self, np.ones_like(grad_out)))
