"""Wrong backwards of pools with norms, with windows of unequal size, over everything, and back."""

from typing import Any

import numpy as np

from ...layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    FeatureLPPooling,
    FractionalMaxPool2d,
    GlobalAvgPool,
    GlobalMaxPool,
    LPPool2d,
    MaxUnpool1d,
)
from ...layers.core import Array, Shape
from .mutant import Subject, each, with_methods

__all__ = ["SUBJECTS"]

places = np.array([[[4, 1, 4, 0]], [[2, 3, 5, 1]]])

adaptive = Subject(AdaptiveAvgPool2d, lambda: AdaptiveAvgPool2d((3, 2)), ((2, 3, 5, 3),))
unequal = Subject(AdaptiveMaxPool1d, lambda: AdaptiveMaxPool1d(3), ((2, 3, 7),))
power = Subject(LPPool2d, lambda: LPPool2d(2, 2), ((2, 3, 4, 6),))
features = Subject(FeatureLPPooling, lambda: FeatureLPPooling(3), ((2, 7, 3, 2),))
fractional = Subject(FractionalMaxPool2d, lambda: FractionalMaxPool2d(2, (3, 4)), ((2, 3, 6, 7),))
mean = Subject(GlobalAvgPool, GlobalAvgPool, ((2, 3, 4, 5),))
largest = Subject(GlobalMaxPool, GlobalMaxPool, ((2, 3, 4, 5),))
unpool = Subject(MaxUnpool1d, lambda: MaxUnpool1d(2), ((2, 1, 4), places))

SUBJECTS = (adaptive, unequal, power, features, fractional, mean, largest, unpool)


@adaptive.wrong("mean", method="adjoint")
def windows_taken_for_equal(self: AdaptiveAvgPool2d, grad_out: Array, x_shape: Shape) -> Array:
    """Windows are of several sizes and each divides by its own; here all divide by the mean size."""
    sums = AdaptiveAvgPool2d.adjoint(self, grad_out, x_shape)
    covered = AdaptiveAvgPool2d.adjoint(self, np.ones_like(grad_out), x_shape)
    return np.asarray(sums / covered * (grad_out[0, 0].size / sums[0, 0].size))


@unequal.wrong("accumulate", method="route")
def shared_winner_overwritten(self: AdaptiveMaxPool1d, grad_out: Array, winners: Array, x_shape: Shape) -> Array:
    """Windows overlap, and a value that won in two of them gets the gradient of the last one only."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    np.put_along_axis(grad_x, winners, grad_out, axis=-1)
    return grad_x


@unequal.wrong("order", method="route")
def winners_shifted_by_one(self: AdaptiveMaxPool1d, grad_out: Array, winners: Array, x_shape: Shape) -> Array:
    """The winners' places are counted from one."""
    return AdaptiveMaxPool1d.route(self, grad_out, (winners + 1) % x_shape[-1], x_shape)


@power.wrong("path")
def root_forgotten_on_the_way_back(self: LPPool2d, grad_out: Array) -> Any:
    """The gradient is that of the sum of powers; the root's slope is missing."""
    y = self.saved().y
    return LPPool2d.backward(self, np.asarray(grad_out * y * 2, grad_out.dtype))


@power.wrong("formula")
def power_forgotten_on_the_way_back(self: LPPool2d, grad_out: Array) -> Any:
    """The gradient is handed to all values of a window alike, as for a plain sum."""
    x = self.saved().x
    return each(lambda grad: np.where(x == 0, 0, grad / np.where(x == 0, 1, x)).astype(grad.dtype),
                LPPool2d.backward(self, grad_out))


@features.wrong("order", method="spread")
def features_shifted(self: FeatureLPPooling, grad_out: Array, winners: Array | None, x_shape: Shape) -> Array:
    """A group of features begins one later on the way back."""
    return np.roll(FeatureLPPooling.spread(self, grad_out, winners, x_shape), 1, axis=1)


@fractional.wrong("mask")
def windows_drawn_anew(self: FractionalMaxPool2d, grad_out: Array) -> Any:
    """The backward pass looks for winners in a regular grid instead of the windows that were drawn."""
    def regular(layer: Any, grad: Array, winners: Array, x_shape: Shape) -> Array:
        step = winners.shape[-1]
        return FractionalMaxPool2d.route(layer, grad, np.asarray(winners // step * step), x_shape)
    return with_methods(self, grad_out, route=regular)


@mean.wrong("mean", method="adjoint")
def divided_by_the_batch_as_well(self: GlobalAvgPool, grad_out: Array, x_shape: Shape) -> Array:
    """The mean runs over the places of a channel, not over the batch."""
    return GlobalAvgPool.adjoint(self, grad_out, x_shape) / x_shape[0]


@largest.wrong("mask", method="route")
def everyone_wins(self: GlobalMaxPool, grad_out: Array, winners: Array, x_shape: Shape) -> Array:
    """The gradient is handed to all places, as for a mean; it belongs to the winner alone."""
    return np.broadcast_to(grad_out[:, :, None, None] / (x_shape[2] * x_shape[3]), x_shape)


@unpool.wrong("accumulate")
def overwritten_values_get_gradients(self: MaxUnpool1d, grad_out: Array) -> Any:
    """Where several values were put to one place the last remains; the others get a gradient all the same."""
    cache = self.saved()
    self.cache = cache._replace(remained=np.ones_like(cache.remained))
    grads = MaxUnpool1d.backward(self, grad_out)
    self.cache = cache
    return grads


@unpool.wrong("order")
def places_forgotten(self: MaxUnpool1d, grad_out: Array) -> Any:
    """The gradient is read at regular places, whatever the indices say."""
    cache = self.saved()
    self.cache = cache._replace(indices=np.sort(cache.indices, axis=-1))
    grads = MaxUnpool1d.backward(self, grad_out)
    self.cache = cache
    return grads
