"""Standardising channels by their mean and variance, and the way back, in few passes over memory.

Arrays have the shape (N, C, L), statistics the shape (C, 1), taken over N and L. The work goes through the cache part
by part.
"""

from collections.abc import Iterator

import numpy as np

from ..core import Array
from .memory import empty_like
from .twin import compiled

__all__ = ["inner_sums", "moments", "project", "standardize"]

_ROOM = 1 << 19         # bytes of one array at a time


@compiled
def moments(x: Array) -> tuple[Array, Array]:
    """Return mean and (biased) variance of every channel; in two passes, so that no digits cancel."""
    count = x.shape[0] * x.shape[2]
    mean = np.einsum("ncl->c", x)[:, None] / count
    var = np.zeros_like(mean)
    for images, channels in _parts(x):
        centered = x[images, channels] - mean[channels]
        var[channels, 0] += np.einsum("ncl,ncl->c", centered, centered)
    return mean, var / count


@compiled
def standardize(x: Array, mean: Array, scale: Array, shift: Array | None = None) -> Array:
    """Return ``(x - mean) * scale + shift``."""
    y = empty_like(x)
    for images, channels in _parts(x):
        part = np.subtract(x[images, channels], mean[channels], out=y[images, channels])
        part *= scale[channels]
        if shift is not None:
            part += shift[channels]
    return y


@compiled
def inner_sums(grad: Array, x: Array, mean: Array, inv_std: Array) -> tuple[Array, Array]:
    """Return the sums of ``grad`` and of ``grad * x_hat`` over every channel (``x_hat = (x - mean) * inv_std``)."""
    plain, product = np.zeros_like(mean), np.zeros_like(mean)
    for images, channels in _parts(x):
        part = grad[images, channels]
        plain[channels, 0] += np.einsum("ncl->c", part)
        product[channels, 0] += np.einsum("ncl,ncl->c", part, x[images, channels] - mean[channels])
    return plain, product * inv_std


@compiled
def project(grad: Array, x: Array, mean: Array, inv_std: Array, scale: Array, sums: tuple[Array, Array]) -> Array:
    """Return ``(grad - mean(grad) - x_hat * mean(grad * x_hat)) * scale``, given the ``inner_sums`` of ``grad``.

    With ``scale = inv_std`` that is the derivative of ``x_hat``, statistics included. It is symmetric: it takes
    tangents forward as it takes gradients back.
    """
    count = max(x.shape[0] * x.shape[2], 1)
    mean_grad, slope = sums[0] / count, -sums[1] * inv_std / count
    result = empty_like(x)
    for images, channels in _parts(x):
        part = np.subtract(x[images, channels], mean[channels], out=result[images, channels])
        part *= slope[channels]
        part += grad[images, channels]
        part -= mean_grad[channels]
        part *= scale[channels]
    return result


def _parts(x: Array) -> Iterator[tuple[slice, slice]]:
    """Cut ``x`` along its first axis, and along its second where one image alone is too large."""
    images, channels, length = x.shape
    row = max(1, length * x.itemsize)
    height, width = max(1, _ROOM // (row * max(1, channels))), max(1, _ROOM // row)
    for top in range(0, images, height):
        for left in range(0, channels, width):
            yield slice(top, top + height), slice(left, left + width)
