"""Standardising channels, compiled: each row of an image is added up or rewritten while it is in the cache.

Where a channel has one number of an example only, the row is that of the channels.
"""

import numpy as np

from ...core import Array
from ..memory import empty_like
from ..threads import shares
from .jit import jit, shared

__all__ = ["inner_sums", "moments", "project", "standardize"]


def moments(x: Array) -> tuple[Array, Array]:
    """See the definition."""
    mean, var = np.empty((2, x.shape[1], 1), x.dtype)
    if x.shape[2] == 1:
        _moments_across(x[:, :, 0], mean[:, 0], var[:, 0])
        return mean, var
    _moments(shares(x.shape[1], x.size), x, mean, var)
    return mean, var


def standardize(x: Array, mean: Array, scale: Array, shift: Array | None = None) -> Array:
    """See the definition."""
    y = empty_like(x)
    below = np.zeros_like(mean) if shift is None else shift
    if x.shape[2] == 1:
        _standardize_across(x[:, :, 0], mean[:, 0], scale[:, 0], below[:, 0], y[:, :, 0])
        return y
    _standardize(shares(len(x), x.size), x, mean, scale, below, y)
    return y


def inner_sums(grad: Array, x: Array, mean: Array, inv_std: Array) -> tuple[Array, Array]:
    """See the definition."""
    plain, product = np.empty((2, *mean.shape), mean.dtype)
    if x.shape[2] == 1:
        _inner_sums_across(grad[:, :, 0], x[:, :, 0], mean[:, 0], plain[:, 0], product[:, 0])
        return plain, product * inv_std
    _inner_sums(shares(x.shape[1], x.size), grad, x, mean, plain, product)
    product *= inv_std
    return plain, product


def project(grad: Array, x: Array, mean: Array, inv_std: Array, scale: Array, sums: tuple[Array, Array]) -> Array:
    """See the definition."""
    count = max(x.shape[0] * x.shape[2], 1)
    slope, mean_grad = -sums[1] * inv_std / count, sums[0] / count
    result = empty_like(x)
    if x.shape[2] == 1:
        _project_across(grad[:, :, 0], x[:, :, 0], mean[:, 0], slope[:, 0], mean_grad[:, 0], scale[:, 0],
                        result[:, :, 0])
        return result
    _project(shares(len(x), x.size), grad, x, mean, slope, mean_grad, scale, result)
    return result


@shared
def _moments(part: int, start: int, stop: int, x: Array, mean: Array, var: Array) -> None:
    count = x.shape[0] * x.shape[2]
    for c in range(start, stop):
        total = 0.0
        for n in range(x.shape[0]):
            row = x.dtype.type(0)           # of one row: lanes of the array's own dtype, rows in double
            for i in range(x.shape[2]):
                row += x[n, c, i]
            total += row
        middle = x.dtype.type(total / count)
        square = 0.0
        for n in range(x.shape[0]):
            row = x.dtype.type(0)
            for i in range(x.shape[2]):
                row += (x[n, c, i] - middle) * (x[n, c, i] - middle)
            square += row
        mean[c, 0], var[c, 0] = middle, square / count


@shared
def _standardize(part: int, start: int, stop: int, x: Array, mean: Array, scale: Array, shift: Array,
                 y: Array) -> None:
    for n in range(start, stop):
        for c in range(x.shape[1]):
            middle, factor, below = mean[c, 0], scale[c, 0], shift[c, 0]
            for i in range(x.shape[2]):
                y[n, c, i] = (x[n, c, i] - middle) * factor + below


@shared
def _inner_sums(part: int, start: int, stop: int, grad: Array, x: Array, mean: Array, plain: Array,
                product: Array) -> None:
    for c in range(start, stop):
        middle, total, along = mean[c, 0], 0.0, 0.0
        for n in range(x.shape[0]):
            row, inner = x.dtype.type(0), x.dtype.type(0)
            for i in range(x.shape[2]):
                row += grad[n, c, i]
                inner += grad[n, c, i] * (x[n, c, i] - middle)
            total += row
            along += inner
        plain[c, 0], product[c, 0] = total, along


@shared
def _project(part: int, start: int, stop: int, grad: Array, x: Array, mean: Array, slope: Array, mean_grad: Array,
             scale: Array, result: Array) -> None:
    for n in range(start, stop):
        for c in range(x.shape[1]):
            middle, tilt, level, factor = mean[c, 0], slope[c, 0], mean_grad[c, 0], scale[c, 0]
            for i in range(x.shape[2]):
                result[n, c, i] = ((x[n, c, i] - middle) * tilt + grad[n, c, i] - level) * factor


@jit
def _moments_across(x: Array, mean: Array, var: Array) -> None:
    total, square = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            total[c] += x[n, c]
    for c in range(x.shape[1]):
        mean[c] = total[c] / x.shape[0]
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            square[c] += (x[n, c] - mean[c]) * (x[n, c] - mean[c])
    for c in range(x.shape[1]):
        var[c] = square[c] / x.shape[0]


@jit
def _standardize_across(x: Array, mean: Array, scale: Array, shift: Array, y: Array) -> None:
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            y[n, c] = (x[n, c] - mean[c]) * scale[c] + shift[c]


@jit
def _inner_sums_across(grad: Array, x: Array, mean: Array, plain: Array, product: Array) -> None:
    total, along = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            total[c] += grad[n, c]
            along[c] += grad[n, c] * (x[n, c] - mean[c])
    for c in range(x.shape[1]):
        plain[c], product[c] = total[c], along[c]


@jit
def _project_across(grad: Array, x: Array, mean: Array, slope: Array, mean_grad: Array, scale: Array,
                    result: Array) -> None:
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            result[n, c] = ((x[n, c] - mean[c]) * slope[c] + grad[n, c] - mean_grad[c]) * scale[c]
