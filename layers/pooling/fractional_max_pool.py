"""Max-pools whose windows begin at random distances, so that an image can shrink by a factor below two."""

import numpy as np

from ..core import Array, Buffer, Shape, ShapeError, Size, ValueRangeError, check_range, check_shape, default_rng
from ..kernels import range_max
from ..window import Spatial
from .winner_pool import WinnerPool

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d", "FractionalMaxPoolNd"]

Ratio = float | tuple[float, ...]


class FractionalMaxPoolNd(Spatial, WinnerPool):
    """Largest value of windows at random places, ``y[p] = max over k < kernel_size of x[start[p] + k]``.

    ``start[p] = floor((p + sample) * alpha) - floor(sample * alpha)``, ``alpha = (in - kernel_size) / (out - 1)``,
    the last window at the end; every channel draws a ``sample`` from [0, 1) for each axis. A subclass sets ``axes``
    and ``sampled``, the axes in the order of their samples.

    Gradients:
        grad_x = grad_out at the value that won, summed where windows overlap, and zero elsewhere

    Source: Graham 2014, "Fractional max-pooling" (pseudorandom, overlapping).
    """

    sampled: tuple[int, ...]

    def __init__(self, kernel_size: Size | tuple[Size, ...], output_size: Size | tuple[Size, ...] | None = None,
                 output_ratio: Ratio | None = None, return_indices: bool = False,
                 _random_samples: Array | None = None, *, rng: np.random.Generator | None = None) -> None:
        owner = type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise ValueRangeError(f"{owner} expected either output_size or output_ratio, "
                                  f"got {output_size} and {output_ratio}")
        self.kernel_size, self.output_size, self.output_ratio = kernel_size, output_size, output_ratio
        self.return_indices = return_indices
        self.rng = rng
        self._random_samples = None if _random_samples is None else Buffer(_random_samples, dtype=np.float64)
        self._kernel = self._per_axis(kernel_size, "kernel_size")
        self._sizes = None if output_size is None else self._per_axis(output_size, "output_size")
        self._ratios = self._ratio_per_axis()

    def output_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, self.template(x_shape), name="x", owner=self)
        spatial = x_shape[-self.axes:]
        outputs = self._sizes or tuple(int(size * ratio) for size, ratio in zip(spatial, self._ratios, strict=True))
        if min(outputs) < 1:
            raise ShapeError(f"{self.title} expected x of which something remains, got {spatial} and thus {outputs}")
        least = (count + kernel - 1 for count, kernel in zip(outputs, self._kernel, strict=True))
        self.check_room(x_shape, least, "use a smaller kernel or fewer outputs")
        return (*x_shape[:-self.axes], *outputs)

    def find(self, x: Array, y_shape: Shape) -> tuple[Array, Array]:
        starts = tuple(self._starts(*axis) for axis in zip(
            x.shape[-self.axes:], y_shape[-self.axes:], self._kernel, self._samples(x), strict=True))
        return range_max(x, starts, tuple(start + kernel for start, kernel in zip(starts, self._kernel, strict=True)))

    def _samples(self, x: Array) -> list[Array]:
        """Return the samples of every spatial axis, each of the shape of the leading axes."""
        shape = (*(1,) * (self.axes + 2 - x.ndim), *x.shape[:-self.axes], self.axes)
        given = self._random_samples
        samples = default_rng(self.rng).random(shape) if given is None else given.data
        check_shape(samples, shape, name="_random_samples", owner=self)
        samples = samples.astype(x.dtype).reshape(*x.shape[:-self.axes], self.axes)
        return [samples[..., number] for number in self.sampled]

    @staticmethod
    def _starts(size: int, outputs: int, kernel: int, samples: Array) -> Array:
        """Return where the windows begin, for every sample a row."""
        alpha = samples.dtype.type((size - kernel) / max(outputs - 1, 1))
        offset = samples[..., None]
        starts: Array = ((np.arange(outputs).astype(samples.dtype) + offset) * alpha).astype(np.int64)
        starts -= (offset * alpha).astype(np.int64)
        starts[..., -1] = size - kernel
        return starts

    def _ratio_per_axis(self) -> tuple[float, ...]:
        ratio, owner = self.output_ratio, type(self).__name__
        ratios = tuple(ratio) if isinstance(ratio, (tuple, list)) else (ratio,) * self.axes
        if len(ratios) != self.axes:
            raise ValueRangeError(f"{owner} expected output_ratio as one ratio or {self.axes} of them, got {ratio}")
        return tuple(check_range(each, 0, 1, name="output_ratio", owner=owner, open_low=True, open_high=True)
                     for each in ratios if each is not None)


class FractionalMaxPool2d(FractionalMaxPoolNd):
    """Largest value of windows at random places of an image, ``y[p] = max over k < kernel_size of x[start[p] + k]``.

    ``start[p] = floor((p + sample) * alpha) - floor(sample * alpha)``, ``alpha = (in - kernel_size) / (out - 1)``,
    with a random ``sample`` for every image, channel and axis, in evaluation too.

    Shapes:
        x:               (N, C, H, W) or (C, H, W), pixels
        y:               (N, C, *output_size), or sizes floor(H * output_ratio), floor(W * output_ratio)
        _random_samples: (N, C, 2), for W and H

    Gradients:
        grad_x = grad_out at the value that won (the first of equals), summed where windows overlap

    Cost: kH + kW comparisons per output, about; keeps the winners' places.

    Raises: ValueRangeError unless exactly one of output_size and output_ratio is given.

    Source: Graham 2014, "Fractional max-pooling"; the windows of torch.nn.FractionalMaxPool2d.

    Example:
        >>> FractionalMaxPool2d(2, output_ratio=0.7).forward(np.ones((1, 3, 10, 10))).shape
        (1, 3, 7, 7)
    """

    axes = 2
    sampled = (1, 0)


class FractionalMaxPool3d(FractionalMaxPoolNd):
    """Largest value of windows at random places of a volume; options as FractionalMaxPool2d.

    Shapes:
        x:               (N, C, D, H, W) or (C, D, H, W)
        y:               (N, C, *output_size), sizes as FractionalMaxPool2d
        _random_samples: (N, C, 3), for D, H and W

    Gradients:
        grad_x = grad_out at the value that won (the first of equals), summed where windows overlap

    Cost: as FractionalMaxPool2d.

    Source: Graham 2014, "Fractional max-pooling"; the windows of torch.nn.FractionalMaxPool3d.

    Example:
        >>> FractionalMaxPool3d(2, output_size=(2, 3, 4)).forward(np.ones((1, 3, 5, 5, 5))).shape
        (1, 3, 2, 3, 4)
    """

    axes = 3
    sampled = (0, 1, 2)
