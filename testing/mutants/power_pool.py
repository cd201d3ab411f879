"""Wrong backwards of norms of windows, and of the way back from a max-pool."""

from typing import Any

import numpy as np

from ...layers import FeatureLPPooling, LPPool2d, MaxUnpool2d
from ...layers.core import Array, Shape
from .mutant import Subject

__all__ = ["SUBJECTS"]

positive = np.random.default_rng(0).uniform(0.5, 2, (2, 3, 7, 5))
places = np.random.default_rng(0).permuted(np.tile(np.arange(24), (2, 2, 1)), axis=2)[..., :6].reshape(2, 2, 2, 3)

norm = Subject(LPPool2d, lambda: LPPool2d(3, 3, stride=(3, 2), ceil_mode=True), (positive,))
channels = Subject(FeatureLPPooling, lambda: FeatureLPPooling(3, power=3.0), (positive.swapaxes(1, 2),))
unpool = Subject(MaxUnpool2d, lambda: MaxUnpool2d(2), ((2, 2, 2, 3), places))

SUBJECTS = (norm, channels, unpool)


@norm.wrong("factor")
def factor_of_the_power_kept(self: LPPool2d, grad_out: Array) -> Any:
    """The factor ``norm_type`` of the power stays, though that of the root cancels it."""
    return LPPool2d.backward(self, grad_out * self.norm_type)


@norm.wrong("mean")
def divided_by_the_window(self: LPPool2d, grad_out: Array) -> Any:
    """The sum is taken for the mean of the powers."""
    return LPPool2d.backward(self, grad_out / self.taps())


@norm.wrong("mask")
def hanging_windows_taken_for_full(self: LPPool2d, grad_out: Array) -> Any:
    """A window that hangs over the end is not enlarged on the way back, though it was on the way there."""
    return LPPool2d.backward(self, grad_out * self.sizes(self.point().x.shape, grad_out.dtype) / self.taps())


@norm.wrong("formula")
def gradient_of_the_euclidean_norm(self: LPPool2d, grad_out: Array) -> Any:
    """``x / y`` is the gradient of the norm with power 2, not with power 3."""
    self.power = 2.0
    try:
        return LPPool2d.backward(self, grad_out)
    finally:
        self.power = 3.0


@channels.wrong("formula")
def root_of_channels_forgotten(self: FeatureLPPooling, grad_out: Array) -> Any:
    """The derivative is that of the sum of powers; the slope of the root is missing."""
    return FeatureLPPooling.backward(self, grad_out * self.point().y**2)


@channels.wrong("accumulate", method="spread")
def overlapping_channels_overwritten(self: FeatureLPPooling, grad_out: Array, winners: None, x_shape: Shape) -> Array:
    """A channel that lies in several windows gets the gradient of the last instead of the sum."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    for tap in range(self.width):
        grad_x[:, tap:tap + grad_out.shape[1]] = grad_out
    return grad_x


@channels.wrong("order", method="spread")
def windows_turned_round(self: FeatureLPPooling, grad_out: Array, winners: None, x_shape: Shape) -> Array:
    """Windows reach back from the last channel instead of forth from the first."""
    return FeatureLPPooling.spread(self, grad_out[:, ::-1], winners, x_shape)


@channels.wrong("path", method="spread")
def first_tap_only(self: FeatureLPPooling, grad_out: Array, winners: None, x_shape: Shape) -> Array:
    """Only the first channel of every window gets a gradient."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    grad_x[:, :grad_out.shape[1]] = grad_out
    return grad_x


@unpool.wrong("mask")
def gradient_of_the_nearest_place(self: MaxUnpool2d, grad_out: Array) -> Any:
    """The gradient is read at the corner of each window, wherever the value went."""
    grad_x, _ = MaxUnpool2d.backward(self, grad_out)
    return None if grad_x is None else grad_out[:, :, ::2, ::2].astype(grad_x.dtype), None


@unpool.wrong("mean")
def gradient_of_the_whole_window(self: MaxUnpool2d, grad_out: Array) -> Any:
    """The gradients of the window are added up, as if the value stood everywhere in it."""
    grad_x, _ = MaxUnpool2d.backward(self, grad_out)
    blocks = grad_out.reshape(*grad_out.shape[:2], grad_out.shape[2] // 2, 2, grad_out.shape[3] // 2, 2)
    return None if grad_x is None else blocks.sum(axis=(3, 5)).astype(grad_x.dtype), None


@unpool.wrong("batch")
def places_of_the_first_plane(self: MaxUnpool2d, grad_out: Array) -> Any:
    """All planes read their gradient where the first one has its values."""
    cache = self.point()
    self.cache = cache._replace(indices=np.broadcast_to(cache.indices[:1, :1], cache.indices.shape))
    try:
        return MaxUnpool2d.backward(self, grad_out)
    finally:
        self.cache = cache


@unpool.wrong("argument")
def indices_get_a_gradient(self: MaxUnpool2d, grad_out: Array) -> Any:
    """Whole numbers have no gradient, so what is returned for them must be None."""
    grad_x, _ = MaxUnpool2d.backward(self, grad_out)
    return grad_x, np.zeros(self.cache.indices.shape)
