"""Pools: the largest value or the mean of every window, over any number of spatial axes."""

from functools import reduce
from math import prod
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .core import Array, Description, Field, Kept, Shape, ValueRangeError, as_dtype, check_shape, check_size
from .kernels import window_max, window_pick, window_route, window_spread, window_sum
from .linear_map import LinearMap
from .window import Windowed

__all__ = ["AvgPool1d", "AvgPool2d", "AvgPool3d", "AvgPoolNd", "MaxPool1d", "MaxPool2d", "MaxPool3d", "MaxPoolCache",
           "MaxPoolNd", "PoolNd"]


class PoolNd(Windowed):
    """What pools share: every channel has windows of its own, and no window may lie in the padding alone."""

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        return (*x_shape[:-self.axes], *self.outputs(x_shape))

    def check_padding(self) -> None:
        """Raise ValueRangeError where the padding is wider than half of the window."""
        if any(2 * max(margins) > extent
               for extent, margins in zip(self.geometry.extent, self.geometry.padding, strict=True)):
            raise ValueRangeError(f"{type(self).__name__} expected padding of at most half of the window's extent "
                                  f"{self.geometry.extent}, got {tuple(before for before, _ in self.geometry.padding)}")


class MaxPoolCache(NamedTuple):
    """The number of the tap that won in every window, and what the way back needs to know of the input."""

    winners: Array
    spatial: Shape
    dtype: np.dtype[np.generic]


class MaxPoolNd(PoolNd):
    """Largest value of every window, ``y = max over k of x[..., p * stride + k * dilation - padding]``.

    Padding counts as minus infinity. Where several taps of a window are largest, the first has won. A subclass sets
    ``axes``.

    Gradients:
        grad_x = grad_out at the tap that won, summed where windows overlap, and zero elsewhere

    Source: Goodfellow et al. 2016, section 9.3; the winners of torch.nn.
    """

    locally_linear = True       # given the winners

    def __init__(self, kernel_size: int | tuple[int, ...], stride: int | tuple[int, ...] | None = None,
                 padding: int | tuple[int, ...] = 0, dilation: int | tuple[int, ...] = 1, *,
                 ceil_mode: bool = False) -> None:
        self.kernel_size, self.stride, self.padding, self.dilation = kernel_size, stride, padding, dilation
        self.ceil_mode = ceil_mode
        self.geometry = self.make_window(kernel_size, stride, padding, dilation)
        self.check_padding()

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        y, winners = window_max(x, self.geometry, self.outputs(x.shape))
        self.cache = MaxPoolCache(winners, x.shape[-self.axes:], x.dtype)
        return y

    def backward(self, grad_out: Array) -> Array | None:
        winners, spatial, dtype = self.saved()
        check_shape(grad_out, winners.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        return as_dtype(window_route(grad_out, winners, self.geometry, spatial), dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        winners, _, _ = self.point()
        self.tangent = ()
        return None if x_dot is None else window_pick(x_dot, winners, self.geometry)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """Only the winners are kept."""
        (x_shape,) = x_shapes
        y_shape = self.output_shape(x_shape)
        width = np.min_scalar_type(prod(self.geometry.kernel) - 1).itemsize
        return self.description(y_shape, kept=(Kept("winners", prod(y_shape), width),), field=self.field)


class AvgPoolNd(PoolNd, LinearMap):
    """Mean of every window, ``y = sum over k of x[..., p * stride + k - padding] / size``; a subclass sets ``axes``.

    ``size`` counts the taps inside of input and padding, without ``count_include_pad`` those inside of the input;
    ``divisor_override`` replaces it.

    Gradients:
        grad_x = grad_out / size at every tap of the window, summed where windows overlap

    Source: LeCun et al. 1998, section II.A (subsampling).
    """

    def __init__(self, kernel_size: int | tuple[int, ...], stride: int | tuple[int, ...] | None = None,
                 padding: int | tuple[int, ...] = 0, ceil_mode: bool = False, count_include_pad: bool = True,
                 divisor_override: int | None = None) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = None if divisor_override is None else check_size(
            divisor_override, "divisor_override", type(self).__name__)
        self.geometry = self.make_window(kernel_size, stride, padding)
        self.check_padding()

    def apply(self, x: Array) -> Array:
        y = window_sum(x, self.geometry, self.outputs(x.shape))
        return np.divide(y, self._sizes(x.shape, x.dtype), out=y)

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
        kernel, strides, padding, _ = self.geometry
        counts = []
        for size, count, taps, stride, (before, after) in zip(
                x_shape[-self.axes:], self.outputs(x_shape), kernel, strides, padding, strict=True):
            start = np.arange(count) * stride - before
            stop = np.minimum(start + taps, size + after)
            if not self.count_include_pad:
                start, stop = np.maximum(start, 0), np.minimum(stop, size)
            counts.append(stop - start)
        return as_dtype(reduce(np.multiply.outer, counts), dtype)


class MaxPool2d(MaxPoolNd):
    """Largest value of every window of an image, ``y = max over k of x[..., p * stride + k * dilation - padding]``.

    ``stride`` is ``kernel_size`` unless given, and padding counts as minus infinity.

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
