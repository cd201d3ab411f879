"""Wrong backwards of upsampling and of what moves values between channels and space."""

import numpy as np

from ...layers import ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample
from ...layers.core import Array, Shape
from .mutant import Subject

__all__ = ["SUBJECTS"]

nearest = Subject(Upsample, lambda: Upsample(scale_factor=2), ((2, 3, 3, 4),))
bilinear = Subject(Upsample, lambda: Upsample((5, 7), mode="bilinear"), ((2, 3, 4, 3),))
aligned = Subject(Upsample, lambda: Upsample((5, 7), mode="bilinear", align_corners=True), ((2, 3, 4, 3),))
bicubic = Subject(Upsample, lambda: Upsample((5, 7), mode="bicubic"), ((2, 2, 4, 3),))
into_space = Subject(PixelShuffle, lambda: PixelShuffle(2), ((2, 12, 3, 5),))
into_channels = Subject(PixelUnshuffle, lambda: PixelUnshuffle(2), ((2, 3, 4, 6),))
dealt = Subject(ChannelShuffle, lambda: ChannelShuffle(2), ((2, 6, 3, 5),))

SUBJECTS = (nearest, bilinear, aligned, bicubic, into_space, into_channels, dealt)


@nearest.wrong("path", "adjoint")
def first_copy_alone(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """A pixel gets the gradient of the first of its copies, not the sum over all four."""
    return grad_out[..., ::2, ::2].copy()


@nearest.wrong("mean", "adjoint")
def copies_averaged(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """A pixel gets the mean over its copies; each copy alone has its full influence, so they add."""
    return Upsample.adjoint(self, grad_out, x_shape) / 4


@nearest.wrong("order", "adjoint")
def picture_tiled(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """The sum runs over four pictures side by side instead of over the four copies of each pixel."""
    height, width = x_shape[-2:]
    return np.asarray(grad_out.reshape(*grad_out.shape[:2], 2, height, 2, width).sum(axis=(2, 4)))


@bilinear.wrong("formula", "adjoint")
def gradient_interpolated(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is made smaller by interpolation; the adjoint adds up with the weights of the way forward."""
    return Upsample(x_shape[2:], mode="bilinear").apply(grad_out)


@bilinear.wrong("formula", "adjoint")
def corners_taken_as_aligned(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """The weights are those of aligned corners, with which the forward pass was not made."""
    return Upsample(self.size, mode="bilinear", align_corners=True).adjoint(grad_out, x_shape)


@aligned.wrong("formula", "adjoint")
def alignment_of_the_corners_forgotten(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """The weights are those of pixel areas, but the forward pass aligned the corners."""
    return Upsample(self.size, mode="bilinear").adjoint(grad_out, x_shape)


@aligned.wrong("formula", "adjoint")
def nearest_pixel_gets_it_all(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """The nearest pixel gets the whole gradient, and the neighbour that was mixed in none."""
    return Upsample(self.size).adjoint(grad_out, x_shape)


@bicubic.wrong("formula", "adjoint")
def outer_taps_forgotten(self: Upsample, grad_out: Array, x_shape: Shape) -> Array:
    """Of the four taps of the cubic the outer two, whose weights are negative, get nothing: as if it were bilinear."""
    return Upsample(self.size, mode="bilinear").adjoint(grad_out, x_shape)


@into_space.wrong("order", "adjoint")
def rows_and_columns_of_a_block_exchanged(self: PixelShuffle, grad_out: Array, x_shape: Shape) -> Array:
    """Within its block, a value goes back to the channel of its mirror image at the diagonal."""
    grad_x = PixelShuffle.adjoint(self, grad_out, x_shape)
    return grad_x.reshape(*x_shape[:-3], -1, 2, 2, *x_shape[-2:]).swapaxes(-4, -3).reshape(x_shape)


@into_space.wrong("order", "adjoint")
def blocks_gathered_before_channels(self: PixelShuffle, grad_out: Array, x_shape: Shape) -> Array:
    """The places of a block become the slower axis and the channels the faster; PyTorch has it the other way round."""
    grad_x = PixelShuffle.adjoint(self, grad_out, x_shape)
    return grad_x.reshape(*x_shape[:-3], -1, 4, *x_shape[-2:]).swapaxes(-4, -3).reshape(x_shape)


@into_channels.wrong("order", "adjoint")
def channels_dealt_before_blocks(self: PixelUnshuffle, grad_out: Array, x_shape: Shape) -> Array:
    """The channels of the gradient are read as blocks of channels, not as channels of blocks."""
    dealt_out = grad_out.reshape(*grad_out.shape[:-3], 4, -1, *grad_out.shape[-2:]).swapaxes(-4, -3)
    return PixelUnshuffle.adjoint(self, dealt_out.reshape(grad_out.shape), x_shape)


@into_channels.wrong("factor", "adjoint")
def gradient_divided_by_the_block(self: PixelUnshuffle, grad_out: Array, x_shape: Shape) -> Array:
    """Nothing is averaged on the way forward, so nothing is to be divided."""
    return PixelUnshuffle.adjoint(self, grad_out, x_shape) / self.downscale_factor**2


@dealt.wrong("order", "adjoint")
def dealt_once_more(self: ChannelShuffle, grad_out: Array, x_shape: Shape) -> Array:
    """The channels are dealt out again instead of back; only with as many groups as channels a group this is one."""
    return self.apply(grad_out)


@dealt.wrong("order", "adjoint")
def left_where_they_are(self: ChannelShuffle, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient goes straight through, and its channels are not dealt back."""
    return grad_out.copy()
