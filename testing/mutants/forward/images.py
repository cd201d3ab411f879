"""Wrong forwards of convolutions, pools, padding and resampling."""

from typing import Any

import numpy as np

from ....layers import (
    AvgPool2d,
    ConstantPad2d,
    Conv2d,
    ConvTranspose2d,
    GlobalAvgPool,
    MaxPool2d,
    PixelShuffle,
    ReflectionPad2d,
    Upsample,
)
from ....layers.core import Array, Layer, Parameter
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

conv = Subject(Conv2d, lambda: Conv2d(3, 3, 3, padding=1), ((2, 3, 5, 4),))
transposed = Subject(ConvTranspose2d, lambda: ConvTranspose2d(3, 3, 3, stride=2, padding=1), ((2, 3, 4, 3),))
largest = Subject(MaxPool2d, lambda: MaxPool2d(2), ((2, 3, 6, 4),))
average = Subject(AvgPool2d, lambda: AvgPool2d(2), ((2, 3, 6, 4),))
overall = Subject(GlobalAvgPool, GlobalAvgPool, ((2, 3, 5, 4),))
border = Subject(ConstantPad2d, lambda: ConstantPad2d((2, 1, 0, 3), 1.5), ((2, 3, 5, 4),))
mirror = Subject(ReflectionPad2d, lambda: ReflectionPad2d((2, 1, 1, 2)), ((2, 3, 5, 4),))
enlarged = Subject(Upsample, lambda: Upsample(scale_factor=2), ((2, 3, 3, 4),))
shuffled = Subject(PixelShuffle, lambda: PixelShuffle(2), ((2, 12, 3, 5),))

SUBJECTS = (conv, transposed, largest, average, overall, border, mirror, enlarged, shuffled)


def with_weight(kind: type[Layer], layer: Any, x: Array, weight: Array) -> Array:
    """Run forward with another kernel, and go back with the right one."""
    own = layer.weight
    layer.weight = Parameter(weight, dtype=weight.dtype)
    try:
        y = kind.forward(layer, x)
    finally:
        layer.weight = own
    return instead(kind, layer, x, y)


@conv.wrong("order", method="forward")
def kernel_turned_round(self: Conv2d, x: Array) -> Array:
    """The kernel is turned round, as in the convolution of signal processing; a layer correlates."""
    return with_weight(Conv2d, self, x, self.weight.data[..., ::-1, ::-1])


@conv.wrong("order", method="forward")
def kernel_transposed(self: Conv2d, x: Array) -> Array:
    """Rows and columns of the kernel are exchanged."""
    return with_weight(Conv2d, self, x, self.weight.data.swapaxes(2, 3))


@conv.wrong("order", method="forward")
def channels_of_the_kernel_exchanged(self: Conv2d, x: Array) -> Array:
    """Input and output channels of the kernel are exchanged, which fits if they are as many."""
    return with_weight(Conv2d, self, x, self.weight.data.swapaxes(0, 1))


@conv.wrong("path", method="forward")
def bias_of_the_channels_not_added(self: Conv2d, x: Array) -> Array:
    """The bias is never added."""
    y = Conv2d.forward(self, x)
    return y if self.bias is None else y - self.bias.data[:, None, None]


@conv.wrong("mean", method="forward")
def windows_averaged(self: Conv2d, x: Array) -> Array:
    """The products in a window are averaged where they must be added."""
    return with_weight(Conv2d, self, x, self.weight.data / self.weight.data[0].size)


@conv.wrong("path", method="forward")
def first_channel_alone(self: Conv2d, x: Array) -> Array:
    """Only the first input channel is looked at; the sum over the others is missing."""
    weight = self.weight.data.copy()
    weight[:, 1:] = 0
    return with_weight(Conv2d, self, x, weight)


@transposed.wrong("order", method="forward")
def kernel_of_the_stamp_turned_round(self: ConvTranspose2d, x: Array) -> Array:
    """The kernel is turned round before it is stamped."""
    return with_weight(ConvTranspose2d, self, x, self.weight.data[..., ::-1, ::-1])


@transposed.wrong("order", method="forward")
def channels_of_the_stamp_exchanged(self: ConvTranspose2d, x: Array) -> Array:
    """Input and output channels are those of a convolution; here the weight is (in, out, kH, kW)."""
    return with_weight(ConvTranspose2d, self, x, self.weight.data.swapaxes(0, 1))


def windows(x: Array) -> Array:
    """Return the windows of two by two, side by side."""
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)


@largest.wrong("formula", method="forward")
def mean_for_the_largest(self: MaxPool2d, x: Array) -> Array:
    """The window is averaged where its largest value belongs."""
    return instead(MaxPool2d, self, x, windows(x).mean(axis=-1))


@largest.wrong("sign", method="forward")
def smallest_for_the_largest(self: MaxPool2d, x: Array) -> Array:
    """The smallest value of each window is taken."""
    return instead(MaxPool2d, self, x, windows(x).min(axis=-1))


@largest.wrong("order", method="forward")
def first_of_the_window(self: MaxPool2d, x: Array) -> Array:
    """The first value of each window is taken, whatever the others are."""
    return instead(MaxPool2d, self, x, windows(x)[..., 0])


@average.wrong("mean", method="forward")
def window_summed(self: AvgPool2d, x: Array) -> Array:
    """The window is summed; the division by its size is missing."""
    return instead(AvgPool2d, self, x, windows(x).sum(axis=-1))


@average.wrong("formula", method="forward")
def largest_for_the_mean(self: AvgPool2d, x: Array) -> Array:
    """The largest value of each window is taken where its mean belongs."""
    return instead(AvgPool2d, self, x, windows(x).max(axis=-1))


@overall.wrong("mean", method="forward")
def image_summed(self: GlobalAvgPool, x: Array) -> Array:
    """The image is summed; the division by the number of pixels is missing."""
    return instead(GlobalAvgPool, self, x, GlobalAvgPool.forward(self, x) * x[0, 0].size)


@overall.wrong("formula", method="forward")
def median_of_the_image(self: GlobalAvgPool, x: Array) -> Array:
    """The median stands for the mean."""
    right = GlobalAvgPool.forward(self, x)
    return instead(GlobalAvgPool, self, x, np.median(x, axis=(2, 3)).reshape(right.shape))


@border.wrong("path", method="forward")
def border_left_zero(self: ConstantPad2d, x: Array) -> Array:
    """The border is zero, whatever value was asked for."""
    left, right, top, bottom = 2, 1, 0, 3
    return instead(ConstantPad2d, self, x, np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))))


@border.wrong("order", method="forward")
def sides_exchanged(self: ConstantPad2d, x: Array) -> Array:
    """Left and right, and top and bottom, change places."""
    return np.ascontiguousarray(ConstantPad2d.forward(self, x[..., ::-1, ::-1])[..., ::-1, ::-1])


@mirror.wrong("order", method="forward")
def edge_repeated_in_the_mirror(self: ReflectionPad2d, x: Array) -> Array:
    """The edge itself is repeated, which is the other kind of reflection."""
    return instead(ReflectionPad2d, self, x, np.pad(x, ((0, 0), (0, 0), (1, 2), (2, 1)), mode="symmetric"))


@enlarged.wrong("order", method="forward")
def pictures_side_by_side(self: Upsample, x: Array) -> Array:
    """The whole picture is repeated where every pixel must be."""
    return instead(Upsample, self, x, np.tile(x, (1, 1, 2, 2)))


@enlarged.wrong("mask", method="forward")
def zeros_between_the_pixels(self: Upsample, x: Array) -> Array:
    """Zeros are put between the pixels where copies belong."""
    y = np.zeros_like(Upsample.forward(self, x))
    y[..., ::2, ::2] = x
    return y


@shuffled.wrong("order", method="forward")
def rows_and_columns_exchanged(self: PixelShuffle, x: Array) -> Array:
    """Within a block rows and columns are exchanged."""
    n, c, h, w = x.shape
    y = x.reshape(n, c // 4, 2, 2, h, w).transpose(0, 1, 4, 3, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)
    return instead(PixelShuffle, self, x, y)


@shuffled.wrong("order", method="forward")
def channels_dealt_in_turn(self: PixelShuffle, x: Array) -> Array:
    """The block is taken from the first channels of all, where each output channel has neighbours of its own."""
    n, c, h, w = x.shape
    y = x.reshape(n, 2, 2, c // 4, h, w).transpose(0, 3, 4, 1, 5, 2).reshape(n, c // 4, 2 * h, 2 * w)
    return instead(PixelShuffle, self, x, y)
