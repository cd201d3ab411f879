"""Windows of images written out as columns, and columns added up to images: each is the adjoint of the other."""

from math import prod
from typing import Any

import numpy as np

from .core import Array, Count, Shape, ShapeError, Size, ValueRangeError, check_shape, check_size, show_shape
from .kernels import Window, padded, scatter, windows
from .linear_map import LinearMap

__all__ = ["Fold", "Unfold"]


class _Columns(LinearMap):
    """What the two share: the window, columns from images, and images from columns."""

    def __init__(self, kernel_size: Size | tuple[Size, Size], dilation: Size | tuple[Size, Size] = 1,
                 padding: Count | tuple[Count, Count] = 0, stride: Size | tuple[Size, Size] = 1) -> None:
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride
        margins = self._pair(padding, "padding", 0)
        self.geometry = Window(self._pair(kernel_size, "kernel_size"), self._pair(stride, "stride"),
                               tuple((margin, margin) for margin in margins), self._pair(dilation, "dilation"))

    def outputs(self, spatial: Shape) -> Shape:
        """Return how many windows fit along height and width."""
        outputs = self.geometry.outputs(spatial)
        if min(outputs) < 1:
            extent = show_shape(self.geometry.extent)
            raise ShapeError(f"{self.title} expected images that a window of {extent} fits into, "
                             f"got {show_shape(spatial)}")
        return outputs

    def columns(self, images: Array) -> Array:
        """Return the windows of images (…, C, H, W) as columns (…, C·kH·kW, L)."""
        outputs = self.outputs(images.shape[-2:])
        view = windows(padded(images, self.geometry, outputs), self.geometry, outputs)
        # (…, C, H', W', kH, kW) -> (…, C, kH, kW, H', W')
        moved = np.moveaxis(view, (-2, -1), (-4, -3))
        return moved.reshape(*images.shape[:-3], -1, prod(outputs))

    def images(self, columns: Array, channels: int, spatial: Shape) -> Array:
        """Return images (…, C, H, W) in which the columns (…, C·kH·kW, L) are added where their windows lie."""
        out = np.zeros((*columns.shape[:-2], channels, *spatial), columns.dtype)
        parts = columns.reshape(*out.shape[:-2], *self.geometry.kernel, *self.outputs(spatial))
        scatter(out, np.moveaxis(parts, (-4, -3), (-2, -1)), self.geometry)
        return out

    def _pair(self, value: Any, name: str, least: int = 1) -> tuple[int, int]:
        owner, pair = type(self).__name__, tuple(value) if isinstance(value, (tuple, list)) else (value, value)
        if len(pair) != 2:
            raise ValueRangeError(f"{owner} expected {name} as one whole number or two, got {value!r}")
        return check_size(pair[0], name, owner, least), check_size(pair[1], name, owner, least)


class Unfold(_Columns):
    """Every window of an image as a column (im2col).

    Shapes:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C·kH·kW, L), L windows, row by row

    Gradients:
        grad_x = Fold of grad_out: overlapping windows add up

    Source: torch.nn.Unfold.

    Example:
        >>> Unfold(2).forward(np.arange(9.0).reshape(1, 1, 3, 3))[0, :, 0].tolist()
        [0.0, 1.0, 3.0, 4.0]
    """

    def apply(self, x: Array) -> Array:
        return self.columns(x)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return self.images(grad_out, x_shape[-3], x_shape[-2:])

    def output_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, ("N", "C", "H", "W") if len(x_shape) == 4 else ("C", "H", "W"), name="x", owner=self)
        *lead, channels, height, width = x_shape
        return (*lead, channels * prod(self.geometry.kernel), prod(self.outputs((height, width))))

    def window(self, x_shape: Shape) -> tuple[tuple[int, int], ...]:
        return tuple(zip(self.geometry.extent, self.geometry.stride, strict=True))


class Fold(_Columns):
    """Columns added up to images where their windows lie (col2im).

    Shapes:
        x: (N, C·kH·kW, L) or (C·kH·kW, L), L windows, row by row
        y: (N, C, *output_size)

    Gradients:
        grad_x = Unfold of grad_out

    Source: torch.nn.Fold.

    Example:
        >>> Fold((1, 3), (1, 2)).forward(np.array([[[1.0, 2.0], [10.0, 20.0]]])).ravel().tolist()
        [1.0, 12.0, 20.0]
    """

    def __init__(self, output_size: Size | tuple[Size, Size], kernel_size: Size | tuple[Size, Size],
                 dilation: Size | tuple[Size, Size] = 1, padding: Count | tuple[Count, Count] = 0,
                 stride: Size | tuple[Size, Size] = 1) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size
        self._size = self._pair(output_size, "output_size")

    def apply(self, x: Array) -> Array:
        return self.images(x, x.shape[-2] // prod(self.geometry.kernel), self._size)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return self.columns(grad_out)

    def output_shape(self, x_shape: Shape) -> Shape:
        taps, count = prod(self.geometry.kernel), prod(self.outputs(self._size))
        if len(x_shape) not in (2, 3) or x_shape[-2] % taps or x_shape[-1] != count:
            raise ShapeError(f"{self.title} expected x of shape (N, C·{taps}, {count}) or without N, "
                             f"got {show_shape(x_shape)}")
        return (*x_shape[:-2], x_shape[-2] // taps, *self._size)
