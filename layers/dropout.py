"""Dropout: in training a random part of the values is left out, and the rest scaled up to make good for it."""

import math
from math import prod
from typing import NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    ShapeError,
    Share,
    as_dtype,
    check_range,
    check_shape,
    default_rng,
    show_shape,
)

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class DropoutCache(NamedTuple):
    """Which values were kept (None: all of them), by what they were scaled, and the input's shape and dtype."""

    mask: Array | None
    scale: float
    x_shape: Shape
    dtype: np.dtype[np.generic]


class Dropout(Layer):
    """Leave out each value with probability ``p`` in training, ``y = x * mask / (1 - p)``; do nothing in evaluation.

    Shapes:
        x, y: any

    Gradients:
        grad_x = grad_out * mask / (1 - p), with the mask of the forward pass

    Cost: one random number a value; keeps the mask, a byte a value.

    Raises: ValueRangeError for p outside of [0, 1].

    Source: Srivastava et al. 2014; scaled in training ("inverted") as in torch.nn.Dropout.

    Example:
        >>> Dropout(0.5).eval().forward(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """

    locally_linear = True

    def __init__(self, p: Share = 0.5, *, rng: np.random.Generator | None = None) -> None:
        self.p = check_range(p, 0, 1, name="p", owner=type(self).__name__)
        self.rng = rng

    def mask_shape(self, x_shape: Shape) -> Shape:
        """Return the shape of the mask, which broadcasts to that of ``x``."""
        return x_shape

    def scale(self) -> float:
        """Return what the kept values are multiplied by."""
        return 1 / (1 - self.p) if self.p < 1 else 0.0

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        mask_shape, mask = self.mask_shape(x.shape), None
        if self._draws():
            mask = default_rng(self.rng).random(mask_shape, dtype=np.float32) >= self.p
        self.cache = DropoutCache(mask, self.scale(), x.shape, x.dtype)
        return self._masked(x)

    def backward(self, grad_out: Array) -> Array | None:
        check_shape(grad_out, self.saved().x_shape, name="grad_out", owner=self)
        return self._masked(grad_out) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        self.point()
        self.tangent = ()
        return None if x_dot is None else self._masked(x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self._masked(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The mask is kept in training."""
        (x_shape,) = x_shapes
        mask_shape = self.mask_shape(x_shape)
        if self._draws():
            return self.description(x_shape, kept=(Kept("mask", prod(mask_shape), 1),))
        return self.description(x_shape, views=(0,))

    def _draws(self) -> bool:
        return self.training and self.p > 0

    def _masked(self, values: Array) -> Array:
        mask, scale, _, dtype = self.cache
        return as_dtype(values if mask is None else values * mask * scale, dtype)


class _ChannelDropout(Dropout):
    axes: tuple[int, ...] = ()      # how many axes an input may have
    unbatched = 0                   # the number of axes at which the first one is the channels

    def mask_shape(self, x_shape: Shape) -> Shape:
        if len(x_shape) not in self.axes:
            wanted = " or ".join(str(count) for count in self.axes)
            raise ShapeError(f"{self.title} expected x with {wanted} axes, got {show_shape(x_shape)}")
        lead = 1 if len(x_shape) == self.unbatched else 2
        return (*x_shape[:lead], *(1,) * (len(x_shape) - lead))


class Dropout1d(_ChannelDropout):
    """Leave out whole channels of sequences with probability ``p`` in training.

    Shapes:
        x, y: (N, C, L) or (C, L)

    Gradients:
        grad_x = grad_out * mask / (1 - p), one value of the mask for each channel

    Source: Tompson, Goroshin, Jain, LeCun & Bregler 2015.

    Example:
        >>> Dropout1d(0.5).eval().forward(np.ones((1, 2, 3))).shape
        (1, 2, 3)
    """

    axes = (2, 3)
    unbatched = 2


class Dropout2d(_ChannelDropout):
    """Leave out whole channels of images with probability ``p`` in training.

    Shapes:
        x, y: (N, C, H, W), or (N, C, L) as in PyTorch

    Gradients:
        grad_x = grad_out * mask / (1 - p), one value of the mask for each channel

    Source: Tompson, Goroshin, Jain, LeCun & Bregler 2015.

    Example:
        >>> Dropout2d(0.5).eval().forward(np.ones((1, 2, 3, 3))).shape
        (1, 2, 3, 3)
    """

    axes = (3, 4)


class Dropout3d(_ChannelDropout):
    """Leave out whole channels of volumes with probability ``p`` in training.

    Shapes:
        x, y: (N, C, D, H, W) or (C, D, H, W)

    Gradients:
        grad_x = grad_out * mask / (1 - p), one value of the mask for each channel

    Source: Tompson, Goroshin, Jain, LeCun & Bregler 2015.

    Example:
        >>> Dropout3d(0.5).eval().forward(np.ones((1, 2, 3, 3, 3))).shape
        (1, 2, 3, 3, 3)
    """

    axes = (4, 5)
    unbatched = 4


class AlphaDropout(Dropout):
    """Dropout that keeps mean 0 and variance 1 for SELU networks: what is left out becomes SELU's lower limit ``low``.

    ``y = scale * (x * mask + low * (1 - mask)) - scale * low * p``, ``scale = 1 / sqrt((1 - p) * (1 + p * low**2))``

    Shapes:
        x, y: any

    Gradients:
        grad_x = grad_out * mask * scale

    Source: Klambauer, Unterthiner, Mayr & Hochreiter 2017: low = -1.7581.

    Example:
        >>> AlphaDropout(0.5).eval().forward(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """

    low = -1.7580993408473766

    def scale(self) -> float:
        return 1 / math.sqrt((1 - self.p) * (1 + self.p * self.low**2)) if self.p < 1 else 0.0

    def forward(self, x: Array) -> Array:
        y, mask = super().forward(x), self.cache.mask
        if mask is not None:
            y += self.scale() * self.low * (np.where(mask, 0.0, 1.0) - self.p)
        return y


class FeatureAlphaDropout(AlphaDropout):
    """AlphaDropout of whole channels.

    Shapes:
        x, y: (N, C, …)

    Gradients:
        grad_x = grad_out * mask * scale, one value of the mask for each channel

    Source: torch.nn.FeatureAlphaDropout.

    Example:
        >>> FeatureAlphaDropout(0.5).eval().forward(np.ones((1, 2, 3))).shape
        (1, 2, 3)
    """

    def mask_shape(self, x_shape: Shape) -> Shape:
        check_shape(x_shape, ("N", "C", *"L" * (len(x_shape) - 2)), name="x", owner=self)
        return (*x_shape[:2], *(1,) * (len(x_shape) - 2))
