"""Windows of 3 x 3 at stride one with a quarter of the multiplications: Winograd's minimal filtering, F(4 x 4, 3 x 3).

Four by four neighbouring outputs need six by six inputs, a tile d. Taken to 36 points by B, where the window w is
taken by G, they are multiplied point by point, summed over channels, and taken back by A:

    y  = Aᵀ M A,   M[k] = U[k] V[k] at each point k,   U = G w Gᵀ,   V = Bᵀ d B

All of it is linear in x and in w, so the way back is the same road with every sign turned:

    grad_M = A grad_y Aᵀ,   grad_U[k] = grad_M[k] V[k]ᵀ,   grad_V[k] = U[k]ᵀ grad_M[k]
    grad_w = Gᵀ grad_U G,   grad_d = B grad_V Bᵀ, added where tiles overlap

Points lie in arrays of shape (36, tiles, channels), a few images at a time, as many as fit into the cache; tiles.py
takes images there and back. The error is some ten times that of the plain sum, 4e-6 of the largest output in single
precision.

Source: Lavin & Gray 2016, "Fast algorithms for convolutional neural networks", section 4.3.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ...core import Array, Shape
from ..memory import empty
from ..products import product
from ..threads import Edges, shares
from ..windows import Window
from .blas import address_of, multiply
from .jit import shared
from .tiles import from_points, from_points_back, scratch, to_points, to_points_back

__all__ = ["fits", "input_grad", "outputs", "weight_grad"]

_G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
_TILES = 32             # tiles worked on at a time, about
_LEAST = 16             # channels
_WORK = 8               # so many times that of an addition, for each number of the input


def fits(window: Window, groups: int, inputs: int, channels: int, images: int, counts: Shape) -> bool:
    """Return whether this is the quicker way: the work at the points must outweigh that of getting there."""
    plain = window.kernel == (3, 3) and set(window.stride + window.dilation) == {1} and groups == 1
    return plain and min(inputs, channels) >= _LEAST and min(counts) >= 4 and images * counts[0] * counts[1] >= 1024


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, counts: Shape) -> Array:
    """Return the correlation; shapes as in ``correlate``."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    edges = shares(len(x), x.size * _WORK)
    _outputs(edges, address_of(x.dtype), x, _window_points(weight), shift,
             _Room.of(edges, x, len(weight), counts, window), y)
    return y


def input_grad(grad_out: Array, weight: Array, window: Window, spatial: Shape) -> Array:
    """Return the gradient of ``x``, whose spatial axes have the sizes ``spatial``."""
    grad_x = empty((len(grad_out), weight.shape[1], *spatial), grad_out.dtype)
    edges = shares(len(grad_x), grad_x.size * _WORK)
    _input_grad(edges, address_of(grad_x.dtype), grad_out, _window_points(weight),
                _Room.of(edges, grad_x, len(weight), grad_out.shape[2:], window), grad_x)
    return grad_x


def weight_grad(x: Array, grad_out: Array, window: Window) -> Array:
    """Return the gradient of ``weight``."""
    channels, inputs = grad_out.shape[1], x.shape[1]
    edges = shares(len(x), x.size * _WORK)
    sums = empty((len(edges) - 1, 36, channels, inputs), x.dtype)
    _weight_grad(edges, address_of(x.dtype), x, grad_out,
                 _Room.of(edges, x, channels, grad_out.shape[2:], window), sums)
    # (36, O·C) -> (O·C, 9)
    grad = product(sums.sum(axis=0).reshape(36, -1).T, _matrix(x.dtype), empty((channels * inputs, 9), x.dtype))
    return grad.reshape(channels, inputs, 3, 3)


class _Room(NamedTuple):
    """Memory of each part: points of inputs and of outputs, and what is on its way there or back."""

    v: Array                                # (parts, 36, tiles, channels of the inputs)
    m: Array
    lines: Array
    pixels: Array
    tile: Array
    grid: tuple[int, int]                   # rows and columns of tiles in an image
    corner: tuple[int, int]                 # how far outside of the image the first tile begins
    images: int                             # at a time

    @classmethod
    def of(cls, edges: Edges, x: Array, channels: int, counts: Shape, window: Window) -> "_Room":
        rows, columns = (-(-count // 4) for count in counts)
        parts, images = len(edges) - 1, max(1, min(int(edges[1]), _TILES // (rows * columns)))
        # one tile more than is used: points one power of two apart would push each other out of the cache
        v, m = (empty((parts, 36, images * rows * columns + 1, size), x.dtype) for size in (x.shape[1], channels))
        return cls(v, m, *scratch(parts, columns, x.dtype), (rows, columns),
                   (window.padding[0][0], window.padding[1][0]), images)


@shared
def _outputs(part: int, start: int, stop: int, blas: int, x: Array, points: Array, shift: Array,
             room: _Room, y: Array) -> None:
    v, m, lines, pixels, tile = room.v[part], room.m[part], room.lines[part], room.pixels[part], room.tile[part]
    for first in range(start, stop, room.images):
        few = slice(first, min(first + room.images, stop))
        tiles = (few.stop - few.start) * room.grid[0] * room.grid[1]
        to_points(x[few], room.corner, room.grid, v, lines, pixels, tile)
        for k in range(36):
            multiply(blas, v[k, :tiles], points[k].T, m[k, :tiles], False)
        from_points(m, shift, room.grid, y[few], lines, pixels, tile)


@shared
def _input_grad(part: int, start: int, stop: int, blas: int, grad_out: Array, points: Array, room: _Room,
                grad_x: Array) -> None:
    v, m, lines, pixels, tile = room.v[part], room.m[part], room.lines[part], room.pixels[part], room.tile[part]
    for first in range(start, stop, room.images):
        few = slice(first, min(first + room.images, stop))
        tiles = (few.stop - few.start) * room.grid[0] * room.grid[1]
        from_points_back(grad_out[few], room.grid, m, lines, pixels, tile)
        for k in range(36):
            multiply(blas, m[k, :tiles], points[k], v[k, :tiles], False)
        to_points_back(v, room.corner, room.grid, grad_x[few], lines, pixels, tile)


@shared
def _weight_grad(part: int, start: int, stop: int, blas: int, x: Array, grad_out: Array, room: _Room,
                 sums: Array) -> None:
    v, m, lines, pixels, tile = room.v[part], room.m[part], room.lines[part], room.pixels[part], room.tile[part]
    for first in range(start, stop, room.images):
        few = slice(first, min(first + room.images, stop))
        tiles = (few.stop - few.start) * room.grid[0] * room.grid[1]
        to_points(x[few], room.corner, room.grid, v, lines, pixels, tile)
        from_points_back(grad_out[few], room.grid, m, lines, pixels, tile)
        for k in range(36):
            multiply(blas, m[k, :tiles].T, v[k, :tiles], sums[part, k], first > start)


def _window_points(weight: Array) -> Array:
    """Return U = G w Gᵀ for all windows: (O, C, 3, 3) -> (36, O, C)."""
    windows = np.ascontiguousarray(weight).reshape(-1, 9)
    points = product(_matrix(weight.dtype), windows.T, empty((36, len(windows)), weight.dtype))
    return points.reshape(36, *weight.shape[:2])


@cache
def _matrix(dtype: np.dtype[Any]) -> Array:
    """Return what takes nine numbers of a window to its points, (36, 9)."""
    return np.kron(_G, _G).astype(dtype)
