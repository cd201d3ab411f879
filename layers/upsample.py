"""Enlarging sequences, images and volumes: each axis is a small sparse matrix."""

from collections.abc import Sequence
from math import floor
from typing import Annotated, Any

import numpy as np

from .core import Array, OneOf, Shape, ShapeError, Size, ValueRangeError, check_choice, show_shape
from .core.optional import scipy
from .linear_map import LinearMap

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]

MODES = {"nearest": None, "linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
"""Modes, and how many spatial axes each is for."""


class Upsample(LinearMap):
    """Another size by interpolation, ``y = A x`` with one small matrix ``A`` for each spatial axis.

    Position ``p`` of the output stands at ``p * (in - 1) / (out - 1)`` of the input with ``align_corners``, else at
    ``(p + 1/2) * in / out - 1/2``; ``nearest`` takes ``floor(p * in / out)``. With ``scale_factor``, ``in / out``
    is ``1 / scale_factor`` unless ``recompute_scale_factor``.

    Shapes:
        x: (N, C, L), (N, C, H, W) or (N, C, D, H, W)
        y: the same with spatial sizes ``size``, or ``floor(in * scale_factor)``

    Gradients:
        grad_x = A.T grad_out along every axis

    Cost: 1, 2 (linear) or 4 (cubic) multiply-adds per value and axis; keeps nothing.

    Raises: ValueRangeError unless exactly one of size and scale_factor is given.

    Source: Keys 1981 (cubic, a = -3/4); numbers as in torch.nn.Upsample.

    Example:
        >>> Upsample(scale_factor=2, mode="linear").forward(np.array([[[0.0, 1.0]]])).ravel().tolist()
        [0.0, 0.25, 0.75, 1.0]
    """

    def __init__(self, size: Size | tuple[Size, ...] | None = None,
                 scale_factor: float | tuple[float, ...] | None = None, mode: Annotated[str, OneOf(*MODES)] = "nearest",
                 align_corners: bool | None = None, recompute_scale_factor: bool | None = None) -> None:
        if (size is None) == (scale_factor is None):
            raise ValueRangeError(f"{type(self).__name__} expected either size or scale_factor, "
                                  f"got {size} and {scale_factor}")
        self.size = size
        self.scale_factor = scale_factor
        self.mode = check_choice(mode, MODES, name="mode", owner=type(self).__name__)
        self.align_corners = align_corners
        if recompute_scale_factor and scale_factor is None:
            raise ValueRangeError(f"{type(self).__name__} expected scale_factor with recompute_scale_factor=True, "
                                  f"got size={size}")
        self.recompute_scale_factor = recompute_scale_factor

    def apply(self, x: Array) -> Array:
        return self._along_axes(x, x.shape, transposed=False)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return self._along_axes(grad_out, x_shape, transposed=True)

    def output_shape(self, x_shape: Shape) -> Shape:
        spatial, wanted = x_shape[2:], MODES[self.mode]
        if not 3 <= len(x_shape) <= 5 or wanted not in (None, len(spatial)):
            axes = "one to three" if wanted is None else wanted
            raise ShapeError(f"{self.title} expected x of shape (N, C, …) with {axes} spatial axes, "
                             f"got {show_shape(x_shape)}")
        sizes = [floor(size * factor) for size, factor in zip(spatial, self._each(self.scale_factor, spatial),
                                                              strict=True)] \
            if self.size is None else self._each(self.size, spatial)
        if min(sizes) < 1:
            raise ShapeError(f"{self.title} expected to leave something of {show_shape(x_shape)}")
        return (*x_shape[:2], *sizes)

    def work(self, x_shape: Shape) -> int:
        y_shape, taps = self.output_shape(x_shape), {"nearest": 0, "bicubic": 4}.get(self.mode, 2)
        stages = [(*y_shape[:axis + 1], *x_shape[axis + 1:]) for axis in range(2, len(x_shape))]
        return sum(taps * int(np.prod(stage)) for stage in stages)

    def _each(self, value: Any, spatial: Shape) -> Sequence[Any]:
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * len(spatial)
        if len(values) != len(spatial):
            raise ShapeError(f"{self.title} expected x with {len(values)} spatial axes, got {len(spatial)}")
        return values

    def _along_axes(self, x: Array, x_shape: Shape, transposed: bool) -> Array:
        y_shape = self.output_shape(x_shape)
        factors = self._each(None if self.recompute_scale_factor else self.scale_factor, x_shape[2:])
        for axis in range(2, len(x_shape)):
            matrix = _matrix(x_shape[axis], y_shape[axis], factors[axis - 2], self.mode, bool(self.align_corners))
            moved = np.moveaxis(x, axis, 0)
            product = (matrix.T if transposed else matrix).astype(x.dtype) @ moved.reshape(len(moved), -1)
            x = np.moveaxis(product.reshape(-1, *moved.shape[1:]), 0, axis)
        return np.ascontiguousarray(x)


class UpsamplingNearest2d(Upsample):
    """Images enlarged by repeating pixels; an older name for ``Upsample(mode="nearest")``.

    Gradients:
        grad_x = sum of grad_out over the copies of a pixel

    Source: torch.nn.UpsamplingNearest2d.

    Example:
        >>> UpsamplingNearest2d(scale_factor=2).forward(np.array([[[[1.0, 2.0]]]])).tolist()
        [[[[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]]]
    """

    def __init__(self, size: Size | tuple[Size, ...] | None = None,
                 scale_factor: float | tuple[float, ...] | None = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Images enlarged by bilinear interpolation with aligned corners; an older name for that case of Upsample.

    Gradients:
        grad_x = A.T grad_out along every axis

    Source: torch.nn.UpsamplingBilinear2d.

    Example:
        >>> UpsamplingBilinear2d(size=(1, 3)).forward(np.array([[[[1.0, 2.0]]]])).tolist()
        [[[[1.0, 1.5, 2.0]]]]
    """

    def __init__(self, size: Size | tuple[Size, ...] | None = None,
                 scale_factor: float | tuple[float, ...] | None = None) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)


def _matrix(inputs: int, outputs: int, factor: float | None, mode: str, align_corners: bool) -> Any:
    """Return the (outputs, inputs) matrix of one axis."""
    step = inputs / outputs if factor is None else 1 / factor
    p = np.arange(outputs)
    if mode == "nearest":
        nearest = np.floor(p.astype(np.float32) * np.float32(step))     # PyTorch scales in single precision
        taps, weights = np.minimum(nearest, inputs - 1)[:, None], np.ones((outputs, 1))
    else:
        at = p * ((inputs - 1) / (outputs - 1) if outputs > 1 else 0.0) if align_corners else (p + 0.5) * step - 0.5
        if mode == "bicubic":
            taps = np.floor(at)[:, None] + np.arange(-1, 3)
            weights = _cubic(at[:, None] - taps)
        else:
            at = np.clip(at, 0, inputs - 1)
            taps = np.floor(at)[:, None] + np.arange(2)
            weights = 1 - np.abs(at[:, None] - taps)
    columns = np.clip(taps, 0, inputs - 1).astype(np.int64)
    rows = np.broadcast_to(p[:, None], columns.shape)
    return scipy.sparse.csr_array((weights.ravel(), (rows.ravel(), columns.ravel())), shape=(outputs, inputs))


def _cubic(distance: Array, a: float = -0.75) -> Array:
    d = np.abs(distance)
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))
