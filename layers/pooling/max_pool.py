"""The largest value of every window, over any number of spatial axes."""

from math import prod

import numpy as np

from ..core import Array, Count, Field, Shape, Size
from ..kernels import window_max, window_pick, window_places, window_route
from .pool import PoolNd
from .winner_pool import WinnerPool

__all__ = ["MaxPool1d", "MaxPool2d", "MaxPool3d", "MaxPoolNd"]


class MaxPoolNd(PoolNd, WinnerPool):
    """Largest value of every window, ``y = max over k of x[..., p * stride + k * dilation - padding]``.

    Padding counts as minus infinity. Where several taps of a window are largest, the first has won. The winners are
    the numbers of the taps. A subclass sets ``axes``.

    Gradients:
        grad_x = grad_out at the tap that won, summed where windows overlap, and zero elsewhere

    Source: Goodfellow et al. 2016, section 9.3; the winners of torch.nn.
    """

    def __init__(self, kernel_size: Size | tuple[Size, ...], stride: Size | tuple[Size, ...] | None = None,
                 padding: Count | tuple[Count, ...] = 0, dilation: Size | tuple[Size, ...] = 1,
                 return_indices: bool = False, ceil_mode: bool = False) -> None:
        self.kernel_size, self.stride, self.padding, self.dilation = kernel_size, stride, padding, dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode
        self.geometry = self.make_window(kernel_size, stride, padding, dilation)
        self.check_padding()

    def find(self, x: Array, y_shape: Shape) -> tuple[Array, Array]:
        return window_max(x, self.geometry, y_shape[-self.axes:])

    def pick(self, x: Array, winners: Array) -> Array:
        return window_pick(x, winners, self.geometry)

    def route(self, grad_out: Array, winners: Array, x_shape: Shape) -> Array:
        return window_route(grad_out, winners, self.geometry, x_shape[-self.axes:])

    def places(self, winners: Array, x_shape: Shape) -> Array:
        return window_places(winners, self.geometry, x_shape[-self.axes:])

    def width(self) -> int:
        return np.min_scalar_type(prod(self.geometry.kernel) - 1).itemsize

    def window(self) -> Field:
        return self.field


class MaxPool2d(MaxPoolNd):
    """Largest value of every window of an image, ``y = max over k of x[..., p * stride + k * dilation - padding]``.

    ``stride`` is ``kernel_size`` unless given, and padding counts as minus infinity. With ``return_indices`` the output
    is ``(y, indices)``: where in the flattened image each value was, for MaxUnpool2d.

    Shapes:
        x: (N, C, H, W) or (C, H, W), pixels
        y: (N, C, H', W'), H' = (H + 2 padding - dilation (kH - 1) - 1) // stride + 1, with ``ceil_mode`` rounded up

    Gradients:
        grad_x = grad_out at the tap that won (the first of equals), summed where windows overlap

    Cost: kH * kW comparisons per output; keeps the winners' numbers, one byte per output up to 256 taps.

    Source: Goodfellow et al. 2016, section 9.3.

    Example:
        >>> MaxPool2d(2).forward(np.arange(16.0).reshape(1, 4, 4)).tolist()
        [[[5.0, 7.0], [13.0, 15.0]]]
    """

    axes = 2


class MaxPool1d(MaxPoolNd):
    """Largest value of every window of a sequence; options as MaxPool2d.

    Shapes:
        x: (N, C, L) or (C, L)
        y: (N, C, L'), sizes as MaxPool2d

    Gradients:
        grad_x = grad_out at the tap that won (the first of equals), summed where windows overlap

    Cost: as MaxPool2d.

    Source: Goodfellow et al. 2016, section 9.3.

    Example:
        >>> MaxPool1d(2).forward(np.arange(4.0).reshape(1, 4)).ravel().tolist()
        [1.0, 3.0]
    """

    axes = 1


class MaxPool3d(MaxPoolNd):
    """Largest value of every window of a volume; options as MaxPool2d.

    Shapes:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D', H', W'), sizes as MaxPool2d

    Gradients:
        grad_x = grad_out at the tap that won (the first of equals), summed where windows overlap

    Cost: as MaxPool2d.

    Source: Goodfellow et al. 2016, section 9.3.

    Example:
        >>> MaxPool3d(2).forward(np.arange(8.0).reshape(1, 2, 2, 2)).ravel().tolist()
        [7.0]
    """

    axes = 3
