"""Pools whose windows follow from the output's size: each output sees its share of the input."""

from math import prod

import numpy as np
import numpy.typing as npt

from ..core import Array, Field, Shape, Size, ValueRangeError, as_dtype, check_shape, check_size
from ..kernels import range_max
from ..linear_map import LinearMap
from ..window import Spatial
from .winner_pool import WinnerPool

__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
           "AdaptiveMaxPool3d"]

Wanted = Size | None


class _Adaptive(Spatial):
    """What adaptive pools share: output p sees ``floor(p * size / outputs)`` to ``ceil((p + 1) * size / outputs)``."""

    def __init__(self, output_size: Wanted | tuple[Wanted, ...]) -> None:
        owner = type(self).__name__
        sizes = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * self.axes
        if len(sizes) != self.axes:
            raise ValueRangeError(f"{owner} expected output_size as one size or {self.axes}, got {output_size}")
        self.output_size = output_size
        self._sizes = tuple(None if size is None else check_size(size, "output_size", owner) for size in sizes)

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        check_shape(x_shape, self.template(x_shape), name="x", owner=self)
        self.check_room(x_shape, (1,) * self.axes, "there is nothing to pool")
        spatial = (size if wanted is None else wanted
                   for size, wanted in zip(x_shape[-self.axes:], self._sizes, strict=True))
        return (*x_shape[:-self.axes], *spatial)

    def shares(self, x_shape: Shape) -> list[tuple[Array, Array]]:
        """Return for every spatial axis where the share of each output begins and ends."""
        pairs = zip(x_shape[-self.axes:], self.output_shape(x_shape)[-self.axes:], strict=True)
        places = ((np.arange(outputs), size, outputs) for size, outputs in pairs)
        return [(p * size // outputs, -(-(p + 1) * size // outputs)) for p, size, outputs in places]


class _AdaptiveAvgPool(_Adaptive, LinearMap):
    def apply(self, x: Array) -> Array:
        return self._along_axes(x, self._matrices(x.shape, x.dtype))

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return self._along_axes(grad_out, [matrix.T for matrix in self._matrices(x_shape, grad_out.dtype)])

    def work(self, x_shape: Shape) -> int:
        return prod(x_shape)

    def window(self, x_shape: Shape) -> Field:
        """No field of one size and stride describes shares of different sizes."""
        return None

    def _matrices(self, x_shape: Shape, dtype: npt.DTypeLike) -> list[Array]:
        """Return for every spatial axis the (outputs, size) matrix that takes the means of its shares."""
        matrices = []
        for size, (start, stop) in zip(x_shape[-self.axes:], self.shares(x_shape), strict=True):
            at, start, stop = np.arange(size), start[:, None], stop[:, None]
            matrices.append(as_dtype(((start <= at) & (at < stop)) / (stop - start), dtype))
        return matrices

    def _along_axes(self, x: Array, matrices: list[Array]) -> Array:
        for matrix in reversed(matrices):       # each axis comes last when it is its turn, and goes to the front
            product = x.reshape(-1, x.shape[-1]) @ matrix.T
            x = np.moveaxis(product.reshape(*x.shape[:-1], len(matrix)), -1, -self.axes)
        return np.ascontiguousarray(x)


class _AdaptiveMaxPool(_Adaptive, WinnerPool):
    def __init__(self, output_size: Wanted | tuple[Wanted, ...], return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def find(self, x: Array, y_shape: Shape) -> tuple[Array, Array]:
        starts, stops = zip(*self.shares(x.shape), strict=True)
        return range_max(x, starts, stops)


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
