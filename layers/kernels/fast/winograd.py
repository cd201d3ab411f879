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

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...core import Array, Shape
from ..memory import empty
from ..threads import in_parallel
from ..windows import Window
from .tiles import from_points, from_points_back, scratch, to_points, to_points_back

__all__ = ["fits", "input_grad", "outputs", "weight_grad"]

_G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
_TILES = 32             # tiles worked on at a time, about
_LEAST = 16             # channels


def fits(window: Window, groups: int, inputs: int, channels: int, images: int, counts: Shape) -> bool:
    """Return whether this is the quicker way: the work at the points must outweigh that of getting there."""
    plain = window.kernel == (3, 3) and set(window.stride + window.dilation) == {1} and groups == 1
    return plain and min(inputs, channels) >= _LEAST and min(counts) >= 4 and images * counts[0] * counts[1] >= 1024


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, counts: Shape) -> Array:
    """Return the correlation; shapes as in ``correlate``."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    points = np.ascontiguousarray(_window_points(weight).swapaxes(1, 2))

    def work(start: int, stop: int) -> None:
        room = _Room.of(x, len(weight), counts)
        for images in room.parts(start, stop):
            v, m = room.points(len(images))
            to_points(x[images.start:images.stop], *_corner(window), room.grid, room.v, *room.scratch)
            np.matmul(v, points, out=m)
            from_points(room.m, shift, room.grid, y[images.start:images.stop], *room.scratch)

    in_parallel(work, len(x), x.size * 8)
    return y


def input_grad(grad_out: Array, weight: Array, window: Window, spatial: Shape) -> Array:
    """Return the gradient of ``x``, whose spatial axes have the sizes ``spatial``."""
    grad_x = empty((len(grad_out), weight.shape[1], *spatial), grad_out.dtype)
    points = _window_points(weight)

    def work(start: int, stop: int) -> None:
        room = _Room.of(grad_x, len(weight), grad_out.shape[2:])
        for images in room.parts(start, stop):
            v, m = room.points(len(images))
            from_points_back(grad_out[images.start:images.stop], room.grid, room.m, *room.scratch)
            np.matmul(m, points, out=v)
            to_points_back(room.v, *_corner(window), room.grid, grad_x[images.start:images.stop], *room.scratch)

    in_parallel(work, len(grad_x), grad_x.size * 8)
    return grad_x


def weight_grad(x: Array, grad_out: Array, window: Window) -> Array:
    """Return the gradient of ``weight``."""
    sums: dict[int, Array] = {}

    def work(start: int, stop: int) -> None:
        room = _Room.of(x, grad_out.shape[1], grad_out.shape[2:])
        total = np.zeros((36, grad_out.shape[1], x.shape[1]), x.dtype)
        product = np.empty_like(total)
        for images in room.parts(start, stop):
            v, m = room.points(len(images))
            to_points(x[images.start:images.stop], *_corner(window), room.grid, room.v, *room.scratch)
            from_points_back(grad_out[images.start:images.stop], room.grid, room.m, *room.scratch)
            total += np.matmul(m.swapaxes(1, 2), v, out=product)
        sums[start] = total

    in_parallel(work, len(x), x.size * 8)
    grad_points = sum(sums[start] for start in sorted(sums))        # in one order, whoever was first
    grad_points = np.asarray(grad_points).reshape(6, 6, *np.shape(grad_points)[1:]).transpose(2, 3, 0, 1)
    matrix = _G.astype(x.dtype)
    return np.ascontiguousarray(matrix.T @ grad_points @ matrix)


class _Room(NamedTuple):
    """Memory of one thread: points of inputs and of outputs, and what is on its way there or back."""

    v: Array
    m: Array
    scratch: tuple[Array, Array, Array]
    grid: tuple[int, int]                   # rows and columns of tiles in an image
    images: int                             # at a time

    @classmethod
    def of(cls, x: Array, channels: int, counts: Shape) -> "_Room":
        rows, columns = (-(-count // 4) for count in counts)
        images = max(1, min(len(x), _TILES // (rows * columns)))
        # one tile more than is used: points one power of two apart would push each other out of the cache
        v, m = (empty((36, images * rows * columns + 1, size), x.dtype) for size in (x.shape[1], channels))
        return cls(v, m, scratch(columns, x.dtype), (rows, columns), images)

    def parts(self, start: int, stop: int) -> Iterator[range]:
        """Yield the images from ``start`` to ``stop``, as many at a time as there is room for."""
        for first in range(start, stop, self.images):
            yield range(first, min(first + self.images, stop))

    def points(self, images: int) -> tuple[Array, Array]:
        tiles = images * self.grid[0] * self.grid[1]
        return self.v[:, :tiles], self.m[:, :tiles]


def _corner(window: Window) -> tuple[int, int]:
    return window.padding[0][0], window.padding[1][0]


def _window_points(weight: Array) -> Array:
    """Return U = G w Gᵀ for all windows: (O, C, 3, 3) -> (36, O, C)."""
    matrix = _G.astype(weight.dtype)
    points = np.ascontiguousarray(weight).reshape(-1, 9) @ np.kron(matrix, matrix).T
    return np.ascontiguousarray(points.T).reshape(36, *weight.shape[:2])
