"""What pools with windows share: a window for every channel, and how much of the input it holds."""

from functools import reduce

import numpy as np
import numpy.typing as npt

from ..core import Array, Shape, ValueRangeError, as_dtype
from ..window import Windowed

__all__ = ["PoolNd"]


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

    def sizes(self, x_shape: Shape, dtype: npt.DTypeLike, count_include_pad: bool = True) -> Array:
        """Return how many taps of each window lie inside of the input, or of input and padding."""
        kernel, strides, padding, _ = self.geometry
        counts = []
        for size, count, taps, stride, (before, after) in zip(
                x_shape[-self.axes:], self.outputs(x_shape), kernel, strides, padding, strict=True):
            start = np.arange(count) * stride - before
            stop = np.minimum(start + taps, size + after)
            if not count_include_pad:
                start, stop = np.maximum(start, 0), np.minimum(stop, size)
            counts.append(stop - start)
        return as_dtype(reduce(np.multiply.outer, counts), dtype)
