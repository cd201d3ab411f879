"""Moving values between channels and space."""

import numpy as np

from .core import Array, Shape, ShapeError, Size, check_shape, check_size, show_shape
from .linear_map import LinearMap

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle", "Reshape", "Transpose"]


class PixelShuffle(LinearMap):
    """Channels into space: each group of r² channels becomes one channel of r times the height and width.

    Shapes:
        x: (…, C·r², H, W), r = upscale_factor
        y: (…, C, H·r, W·r)

    Gradients:
        grad_x = PixelUnshuffle of grad_out

    Source: Shi et al. 2016 (sub-pixel convolution).

    Example:
        >>> PixelShuffle(2).forward(np.arange(4.0).reshape(1, 4, 1, 1)).tolist()
        [[[[0.0, 1.0], [2.0, 3.0]]]]
    """

    def __init__(self, upscale_factor: Size) -> None:
        self.upscale_factor = check_size(upscale_factor, "upscale_factor", "PixelShuffle")

    def apply(self, x: Array) -> Array:
        return _into_space(x, self.upscale_factor)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return _into_channels(grad_out, self.upscale_factor)

    def output_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, (..., "C", "H", "W"), name="x", owner=self)
        *lead, channels, height, width = x_shape
        r = self.upscale_factor
        if channels % r**2:
            raise ShapeError(f"{self.title} expected a number of channels that {r**2} divides, "
                             f"got {show_shape(x_shape)}")
        return (*lead, channels // r**2, height * r, width * r)


class PixelUnshuffle(LinearMap):
    """Space into channels: each r×r block of a channel becomes r² channels.

    Shapes:
        x: (…, C, H·r, W·r), r = downscale_factor
        y: (…, C·r², H, W)

    Gradients:
        grad_x = PixelShuffle of grad_out

    Source: Shi et al. 2016, the inverse of PixelShuffle.

    Example:
        >>> PixelUnshuffle(2).forward(np.arange(4.0).reshape(1, 2, 2)).ravel().tolist()
        [0.0, 1.0, 2.0, 3.0]
    """

    def __init__(self, downscale_factor: Size) -> None:
        self.downscale_factor = check_size(downscale_factor, "downscale_factor", "PixelUnshuffle")

    def apply(self, x: Array) -> Array:
        return _into_channels(x, self.downscale_factor)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return _into_space(grad_out, self.downscale_factor)

    def output_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, (..., "C", "H", "W"), name="x", owner=self)
        *lead, channels, height, width = x_shape
        r = self.downscale_factor
        if height % r or width % r:
            raise ShapeError(f"{self.title} expected height and width that {r} divides, got {show_shape(x_shape)}")
        return (*lead, channels * r**2, height // r, width // r)

    def window(self, x_shape: Shape) -> tuple[tuple[int, int], ...]:
        return ((self.downscale_factor,) * 2,) * 2


class ChannelShuffle(LinearMap):
    """Channels of ``groups`` groups dealt out in turn: the first of every group, then the second of every group, ….

    Shapes:
        x, y: (N, C, …)

    Gradients:
        grad_x = grad_out with its channels dealt back

    Source: Zhang, Zhou, Lin & Sun 2018 (ShuffleNet).

    Example:
        >>> ChannelShuffle(2).forward(np.arange(4.0).reshape(1, 4, 1)).ravel().tolist()
        [0.0, 2.0, 1.0, 3.0]
    """

    def __init__(self, groups: Size) -> None:
        self.groups = check_size(groups, "groups", "ChannelShuffle")

    def apply(self, x: Array) -> Array:
        # (N, G · C/G, …) -> (N, C/G · G, …)
        return x.reshape(x.shape[0], self.groups, -1, *x.shape[2:]).swapaxes(1, 2).reshape(x.shape)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out.reshape(x_shape[0], -1, self.groups, *x_shape[2:]).swapaxes(1, 2).reshape(x_shape)

    def output_shape(self, x_shape: Shape) -> Shape:
        if len(x_shape) < 2 or x_shape[1] % self.groups:
            raise ShapeError(f"{self.title} expected x of shape (N, C, …) with C that {self.groups} divides, "
                             f"got {show_shape(x_shape)}")
        return x_shape


class Reshape(LinearMap):
    """Every example in another shape; one size may be -1: the rest. The batch axis stays.

    Shapes:
        x: (N, …)
        y: (N, *shape)

    Gradients:
        grad_x = grad_out in the shape of x

    Source: torch7's nn.Reshape.

    Example:
        >>> Reshape((2, -1)).forward(np.ones((5, 6))).shape
        (5, 2, 3)
    """

    views = True

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = tuple(shape)

    def apply(self, x: Array) -> Array:
        return x.reshape(self.output_shape(x.shape))

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out.reshape(x_shape)

    def output_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, (..., "N"), name="x", owner=self)
        values, known = int(np.prod(x_shape[1:])), int(np.prod([size for size in self.shape if size != -1]))
        sizes = tuple(values // known if size == -1 and known > 0 else size for size in self.shape)
        if self.shape.count(-1) > 1 or int(np.prod(sizes)) != values or min(sizes, default=1) < 0:
            raise ShapeError(f"{self.title} expected x with {known} values an example (or a multiple for -1), "
                             f"got {show_shape(x_shape)}")
        return (x_shape[0], *sizes)


class Transpose(LinearMap):
    """Two axes exchanged.

    Gradients:
        grad_x = grad_out with the same axes exchanged

    Source: torch7's nn.Transpose; arguments of torch.transpose.

    Example:
        >>> Transpose(1, 2).forward(np.ones((5, 2, 3))).shape
        (5, 3, 2)
    """

    views = True

    def __init__(self, dim0: int, dim1: int) -> None:
        self.dim0 = dim0
        self.dim1 = dim1

    def apply(self, x: Array) -> Array:
        return x.swapaxes(self.dim0, self.dim1)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out.swapaxes(self.dim0, self.dim1)

    def output_shape(self, x_shape: Shape) -> Shape:
        axes = len(x_shape)
        if not (-axes <= self.dim0 < axes and -axes <= self.dim1 < axes):
            raise ShapeError(f"{self.title} expected x with axes {self.dim0} and {self.dim1}, "
                             f"got {show_shape(x_shape)}")
        sizes = list(x_shape)
        sizes[self.dim0], sizes[self.dim1] = sizes[self.dim1], sizes[self.dim0]
        return tuple(sizes)


def _into_space(x: Array, r: int) -> Array:
    *lead, channels, height, width = x.shape
    blocks = x.reshape(*lead, channels // r**2, r, r, height, width)
    # (…, C, r, r, H, W) -> (…, C, H, r, W, r)
    return np.moveaxis(blocks, (-4, -3), (-3, -1)).reshape(*lead, channels // r**2, height * r, width * r)


def _into_channels(x: Array, r: int) -> Array:
    *lead, channels, height, width = x.shape
    blocks = x.reshape(*lead, channels, height // r, r, width // r, r)
    # (…, C, H, r, W, r) -> (…, C, r, r, H, W)
    return np.moveaxis(blocks, (-3, -1), (-4, -3)).reshape(*lead, channels * r**2, height // r, width // r)
