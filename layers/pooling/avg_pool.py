"""The mean of every window, over any number of spatial axes."""

from math import prod

import numpy as np
import numpy.typing as npt

from ..core import Array, Count, Field, Shape, Size, check_size
from ..kernels import window_spread, window_sum
from ..linear_map import LinearMap
from .pool import PoolNd

__all__ = ["AvgPool1d", "AvgPool2d", "AvgPool3d", "AvgPoolNd"]


class AvgPoolNd(PoolNd, LinearMap):
    """Mean of every window, ``y = sum over k of x[..., p * stride + k - padding] / size``; a subclass sets ``axes``.

    ``size`` counts the taps inside of input and padding, without ``count_include_pad`` those inside of the input;
    ``divisor_override`` replaces it.

    Gradients:
        grad_x = grad_out / size at every tap of the window, summed where windows overlap

    Source: LeCun et al. 1998, section II.A (subsampling).
    """

    def __init__(self, kernel_size: Size | tuple[Size, ...], stride: Size | tuple[Size, ...] | None = None,
                 padding: Count | tuple[Count, ...] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
                 divisor_override: Size | None = None) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = None if divisor_override is None else check_size(
            divisor_override, "divisor_override", type(self).__name__)
        self.geometry = self.make_window(kernel_size, stride, padding)
        self.check_padding()

    def apply(self, x: Array) -> Array:
        y = window_sum(x, self.geometry, self.outputs(x.shape))
        y /= self._sizes(x.shape, x.dtype)
        return y

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return window_spread(grad_out / self._sizes(x_shape, grad_out.dtype), self.geometry, x_shape[-self.axes:])

    def work(self, x_shape: Shape) -> int:
        """One addition for every tap of every window."""
        return prod(self.output_shape(x_shape)) * prod(self.geometry.kernel)

    def window(self, x_shape: Shape) -> Field:
        """The window is the receptive field."""
        return self.field

    def _sizes(self, x_shape: Shape, dtype: npt.DTypeLike) -> Array:
        """Return what the sum of each window is divided by, of the outputs' shape."""
        if self.divisor_override is not None:
            return np.asarray(self.divisor_override, dtype)
        return self.sizes(x_shape, dtype, self.count_include_pad)


class AvgPool2d(AvgPoolNd):
    """Mean of every window of an image, ``y = sum over k of x[..., p * stride + k - padding] / size``.

    ``stride`` is ``kernel_size`` unless given. ``size`` is the number of taps in the window, those in the padding
    included (``count_include_pad``), or ``divisor_override``.

    Shapes:
        x: (N, C, H, W) or (C, H, W), pixels
        y: (N, C, H', W'), H' = (H + 2 padding - kH) // stride + 1, with ``ceil_mode`` rounded up

    Gradients:
        grad_x = grad_out / size at every tap of the window, summed where windows overlap

    Cost: kH * kW additions per output; keeps no array.

    Source: LeCun et al. 1998, section II.A.

    Example:
        >>> AvgPool2d(2).forward(np.arange(16.0).reshape(1, 4, 4)).tolist()
        [[[2.5, 4.5], [10.5, 12.5]]]
    """

    axes = 2


class AvgPool1d(AvgPoolNd):
    """Mean of every window of a sequence; options as AvgPool2d.

    Shapes:
        x: (N, C, L) or (C, L)
        y: (N, C, L'), sizes as AvgPool2d

    Gradients:
        grad_x = grad_out / size at every tap of the window, summed where windows overlap

    Cost: as AvgPool2d.

    Source: LeCun et al. 1998, section II.A.

    Example:
        >>> AvgPool1d(2).forward(np.arange(4.0).reshape(1, 4)).ravel().tolist()
        [0.5, 2.5]
    """

    axes = 1


class AvgPool3d(AvgPoolNd):
    """Mean of every window of a volume; options as AvgPool2d.

    Shapes:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D', H', W'), sizes as AvgPool2d

    Gradients:
        grad_x = grad_out / size at every tap of the window, summed where windows overlap

    Cost: as AvgPool2d.

    Source: LeCun et al. 1998, section II.A.

    Example:
        >>> AvgPool3d(2).forward(np.arange(8.0).reshape(1, 2, 2, 2)).ravel().tolist()
        [3.5]
    """

    axes = 3
