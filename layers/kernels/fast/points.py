"""Windows of one pixel: a product of matrices for every image, whose pixels stay where they are."""

from math import prod

import numpy as np

from ...core import Array
from ..memory import empty
from ..threads import shares
from ..windows import Window
from .blas import address_of, multiply
from .jit import shared

__all__ = ["fits", "input_grad", "outputs", "weight_grad"]

_SPEED = 16             # multiply-adds of BLAS in the time of one addition that waits for memory


def fits(window: Window, groups: int) -> bool:
    """Return whether windows see one pixel each, every pixel is seen, and channels are not in groups."""
    return window.is_point and groups == 1


def outputs(x: Array, weight: Array, bias: Array | None) -> Array:
    """Return the correlation of (N, C, H, W) with (O, C, 1, 1)."""
    return _made(x, _matrix(weight), bias)


def input_grad(grad_out: Array, weight: Array) -> Array:
    """Return the gradient of ``x``."""
    return _made(grad_out, _matrix(weight).T, None)


def weight_grad(x: Array, grad_out: Array) -> Array:
    """Return the gradient of ``weight``."""
    (count, inputs), channels = x.shape[:2], grad_out.shape[1]
    edges = shares(count, grad_out.size * inputs // _SPEED)
    sums = np.zeros((len(edges) - 1, channels, inputs), x.dtype)
    _weight_grad(edges, address_of(x.dtype), _pixels(x), _pixels(grad_out), sums)
    return np.asarray(sums.sum(axis=0)[..., None, None])


def _made(x: Array, matrix: Array, bias: Array | None) -> Array:
    y = empty((len(x), len(matrix), *x.shape[2:]), x.dtype)
    edges = shares(len(x), y.size * matrix.shape[1] // _SPEED)
    _outputs(edges, address_of(x.dtype), matrix, _pixels(x), bias, _pixels(y))
    return y


def _matrix(weight: Array) -> Array:
    return np.ascontiguousarray(weight).reshape(weight.shape[:2])


def _pixels(images: Array) -> Array:
    return images.reshape(*images.shape[:2], prod(images.shape[2:]))


@shared
def _outputs(part: int, start: int, stop: int, blas: int, matrix: Array, x: Array, bias: Array | None,
             y: Array) -> None:
    for n in range(start, stop):
        if bias is not None:
            for o in range(len(bias)):
                row, below = y[n, o], bias[o]
                for p in range(row.size):
                    row[p] = below
        multiply(blas, matrix, x[n], y[n], bias is not None)


@shared
def _weight_grad(part: int, start: int, stop: int, blas: int, x: Array, grad_out: Array, sums: Array) -> None:
    for n in range(start, stop):
        multiply(blas, grad_out[n], x[n].T, sums[part], True)
