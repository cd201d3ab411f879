"""Pools whose windows follow from the output's size: each output sees its share of the input."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Field,
    Kept,
    Layer,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    check_shape,
    check_size,
    show_shape,
)
from .linear_map import LinearMap

__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
           "AdaptiveMaxPool3d", "AdaptiveMaxPoolCache"]

Size = int | None


class _Adaptive(Layer):
    """What adaptive pools share: output p sees ``floor(p * size / outputs)`` to ``ceil((p + 1) * size / outputs)``."""

    axes: int

    def __init__(self, output_size: Size | tuple[Size, ...]) -> None:
        owner = type(self).__name__
        sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * self.axes
        if len(sizes) != self.axes:
            raise ValueRangeError(f"{owner} expected output_size as one size or {self.axes}, got {output_size}")
        self.output_size = output_size
        self._sizes = tuple(None if size is None else check_size(size, "output_size", owner) for size in sizes)

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        if len(x_shape) not in (self.axes + 1, self.axes + 2) or 0 in x_shape[-self.axes:]:
            names = ("D", "H", "W")[-self.axes:] if self.axes > 1 else ("L",)
            raise ShapeError(f"{self.title} expected x of shape {show_shape(('N', 'C', *names))} or without N, "
                             f"got {show_shape(x_shape)}")
        spatial = (size if wanted is None else wanted
                   for size, wanted in zip(x_shape[-self.axes:], self._sizes, strict=True))
        return (*x_shape[:-self.axes], *spatial)

    def _ranges(self, x_shape: Shape) -> list[tuple[int, Array, Array]]:
        """Return for every spatial axis where the share of each output begins and ends."""
        ranges = []
        for axis in range(-self.axes, 0):
            size, count = x_shape[axis], self.output_shape(x_shape)[axis]
            p = np.arange(count)
            ranges.append((axis, p * size // count, -(-(p + 1) * size // count)))
        return ranges


class _AdaptiveAvgPool(_Adaptive, LinearMap):
    def apply(self, x: Array) -> Array:
        for axis, starts, stops in self._ranges(x.shape):
            parts = [x.take(range(a, b), axis).mean(axis) for a, b in zip(starts, stops, strict=True)]
            x = np.stack(parts, axis=axis)
        return x

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        for axis, starts, stops in reversed(self._ranges(x_shape)):
            shape = list(grad_out.shape)
            shape[axis] = x_shape[axis]
            grad_x = np.zeros(shape, grad_out.dtype)
            moved, parts = np.moveaxis(grad_x, axis, 0), np.moveaxis(grad_out, axis, 0)
            for part, a, b in zip(parts, starts, stops, strict=True):
                moved[a:b] += part / (b - a)
            grad_out = grad_x
        return grad_out

    def work(self, x_shape: Shape) -> int:
        return prod(x_shape)

    def window(self, x_shape: Shape) -> Field:
        """No field of one size and stride describes shares of different sizes."""
        return None


class AdaptiveMaxPoolCache(NamedTuple):
    """Where in the flattened spatial axes each winner lies, and what the way back needs to know of the input."""

    winners: Array
    x_shape: Shape
    dtype: np.dtype[np.generic]


class _AdaptiveMaxPool(_Adaptive):
    locally_linear = True       # given the winners

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        y_shape = self.output_shape(x.shape)
        places = np.arange(prod(x.shape[-self.axes:])).reshape(x.shape[-self.axes:])
        winners = np.empty(y_shape, np.int64)
        ranges = [list(zip(starts, stops, strict=True)) for _, starts, stops in self._ranges(x.shape)]
        lead = (slice(None),) * (x.ndim - self.axes)
        for output in np.ndindex(y_shape[-self.axes:]):
            share = tuple(slice(*ranges[axis][position]) for axis, position in enumerate(output))
            values = x[(*lead, *share)].reshape(*x.shape[:-self.axes], -1)
            winners[(*lead, *output)] = places[share].ravel()[values.argmax(axis=-1)]
        self.cache = AdaptiveMaxPoolCache(winners, x.shape, x.dtype)
        return self._picked(x)

    def backward(self, grad_out: Array) -> Array | None:
        winners, x_shape, dtype = self.saved()
        check_shape(grad_out, winners.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        rows = (prod(x_shape[:-self.axes]), -1)
        grad_x = np.zeros((rows[0], prod(x_shape[-self.axes:])), grad_out.dtype)
        lines = np.arange(rows[0])[:, None]
        np.add.at(grad_x, (lines, winners.reshape(rows)), grad_out.reshape(rows))
        return as_dtype(grad_x.reshape(x_shape), dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        self.point()
        self.tangent = ()
        return None if x_dot is None else self._picked(x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The winners are kept."""
        (x_shape,) = x_shapes
        y_shape = self.output_shape(x_shape)
        return self.description(y_shape, kept=(Kept("winners", prod(y_shape), 8),), field=None)

    def _picked(self, values: Array) -> Array:
        winners, x_shape, _ = self.cache
        rows = prod(x_shape[:-self.axes])
        picked = np.take_along_axis(values.reshape(rows, -1), winners.reshape(rows, -1), axis=1)
        return picked.reshape(winners.shape)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Mean of as many equal shares of a sequence as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, L) or (C, L)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out / size of the share, summed where shares overlap

    Cost: one pass over ``x``; keeps nothing.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveAvgPool1d.

    Example:
        >>> AdaptiveAvgPool1d(2).forward(np.arange(3.0).reshape(1, 3)).ravel().tolist()
        [0.5, 1.5]
    """

    axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Mean of as many equal shares of an image as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out / size of the share, summed where shares overlap

    Cost: one pass over ``x``; keeps nothing.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveAvgPool2d.

    Example:
        >>> AdaptiveAvgPool2d(1).forward(np.arange(4.0).reshape(1, 2, 2)).ravel().tolist()
        [1.5]
    """

    axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Mean of as many equal shares of a volume as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out / size of the share, summed where shares overlap

    Cost: one pass over ``x``; keeps nothing.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveAvgPool3d.

    Example:
        >>> AdaptiveAvgPool3d((1, 1, None)).forward(np.arange(8.0).reshape(1, 2, 2, 2)).ravel().tolist()
        [3.0, 4.0]
    """

    axes = 3


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Largest value of as many equal shares of a sequence as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, L) or (C, L)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out at the value that won (the first of equals), summed where shares overlap

    Cost: one pass over ``x``; keeps the winners' places.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveMaxPool1d.

    Example:
        >>> AdaptiveMaxPool1d(2).forward(np.arange(3.0).reshape(1, 3)).ravel().tolist()
        [1.0, 2.0]
    """

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Largest value of as many equal shares of an image as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out at the value that won (the first of equals), summed where shares overlap

    Cost: one pass over ``x``; keeps the winners' places.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveMaxPool2d.

    Example:
        >>> AdaptiveMaxPool2d(1).forward(np.arange(4.0).reshape(1, 2, 2)).ravel().tolist()
        [3.0]
    """

    axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Largest value of as many equal shares of a volume as ``output_size`` says; None keeps an axis as it is.

    Shapes:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, *output_size)

    Gradients:
        grad_x = grad_out at the value that won (the first of equals), summed where shares overlap

    Cost: one pass over ``x``; keeps the winners' places.

    Source: He, Zhang, Ren & Sun 2015, "Spatial pyramid pooling"; torch.nn.AdaptiveMaxPool3d.

    Example:
        >>> AdaptiveMaxPool3d((1, 1, None)).forward(np.arange(8.0).reshape(1, 2, 2, 2)).ravel().tolist()
        [6.0, 7.0]
    """

    axes = 3
