"""Windows of 3 x 3 at stride one with a quarter of the multiplications: Winograd's minimal filtering, F(4 x 4, 3 x 3).

Four by four neighbouring outputs need six by six inputs, a tile d. Taken to 36 points by B, where the window w is
taken by G, they are multiplied point by point, summed over channels, and taken back by A:

    y  = Aᵀ M A,   M[k] = U[k] V[k] at each point k,   U = G w Gᵀ,   V = Bᵀ d B

All of it is linear in x and in w, so the way back is the same road with every sign turned:

    grad_M = A grad_y Aᵀ,   grad_U[k] = grad_M[k] V[k]ᵀ,   grad_V[k] = U[k]ᵀ grad_M[k]
    grad_w = Gᵀ grad_U G,   grad_d = B grad_V Bᵀ, added where tiles overlap

Points lie in arrays of shape (36, tiles, channels), a few images at a time, as many as fit into the cache. The error
is some ten times that of the plain sum, 4e-6 of the largest output in single precision.

Source: Lavin & Gray 2016, "Fast algorithms for convolutional neural networks", section 4.3.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...core import Array, Shape
from ..memory import empty
from ..threads import in_parallel
from ..windows import Window
from .jit import inlined, jit

__all__ = ["fits", "input_grad", "outputs", "weight_grad"]

_G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
_TILES = 64             # tiles worked on at a time, about


def fits(window: Window, groups: int, inputs: int, channels: int, images: int, counts: Shape) -> bool:
    """Return whether this is the quicker way: the work at the points must outweigh that of getting there."""
    plain = window.kernel == (3, 3) and set(window.stride + window.dilation) == {1} and groups == 1
    return plain and min(inputs, channels) >= 16 and min(counts) >= 4 and images * counts[0] * counts[1] >= 1024


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, counts: Shape) -> Array:
    """Return the correlation; shapes as in ``correlate``."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    points = _window_points(weight).swapaxes(1, 2)

    def work(start: int, stop: int) -> None:
        room = _Room.of(x, len(weight), counts)
        for images in room.parts(start, stop):
            v, m = room.points(len(images))
            _to_points(x[images.start:images.stop], *_corner(window), room.rows, v, room.strip, room.tile)
            np.matmul(v, points, out=m)
            _from_points(m, shift, room.rows, y[images.start:images.stop], room.strip, room.tile)

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
            _from_points_back(grad_out[images.start:images.stop], room.rows, m, room.strip, room.tile)
            np.matmul(m, points, out=v)
            _to_points_back(v, *_corner(window), room.rows, grad_x[images.start:images.stop], room.strip, room.tile)

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
            _to_points(x[images.start:images.stop], *_corner(window), room.rows, v, room.strip, room.tile)
            _from_points_back(grad_out[images.start:images.stop], room.rows, m, room.strip, room.tile)
            total += np.matmul(m.swapaxes(1, 2), v, out=product)
        sums[start] = total

    in_parallel(work, len(x), x.size * 8)
    grad_points = sum(sums[start] for start in sorted(sums))        # in one order, whoever was first
    grad_points = np.asarray(grad_points).reshape(6, 6, *np.shape(grad_points)[1:]).transpose(2, 3, 0, 1)
    matrix = _G.astype(x.dtype)
    return np.ascontiguousarray(matrix.T @ grad_points @ matrix)


class _Room(NamedTuple):
    """Memory of one thread: points of inputs and of outputs, a strip of lines with channels last, a tile on its way."""

    v: Array
    m: Array
    strip: Array
    tile: Array
    rows: int
    tiles: int          # of an image
    images: int         # at a time

    @classmethod
    def of(cls, x: Array, channels: int, counts: Shape) -> "_Room":
        rows, columns = (-(-count // 4) for count in counts)
        tiles, widest = rows * columns, max(x.shape[1], channels)
        images = max(1, min(len(x), _TILES // tiles))
        # one tile more than is used: points one power of two apart would push each other out of the cache
        v, m = (empty((36, images * tiles + 1, size), x.dtype) for size in (x.shape[1], channels))
        strip, tile = (np.empty(shape, x.dtype) for shape in ((6, 4 * columns + 3, widest), (6, 6, widest)))
        return cls(v, m, strip, tile, rows, tiles, images)

    def parts(self, start: int, stop: int) -> Iterator[range]:
        """Yield the images from ``start`` to ``stop``, as many at a time as there is room for."""
        for first in range(start, stop, self.images):
            yield range(first, min(first + self.images, stop))

    def points(self, images: int) -> tuple[Array, Array]:
        return self.v[:, :images * self.tiles], self.m[:, :images * self.tiles]


def _corner(window: Window) -> tuple[int, int]:
    return window.padding[0][0], window.padding[1][0]


def _window_points(weight: Array) -> Array:
    """Return U = G w Gᵀ for all windows: (O, C, 3, 3) -> (36, O, C)."""
    matrix = _G.astype(weight.dtype)
    points = matrix @ weight @ matrix.T
    return np.ascontiguousarray(points.transpose(2, 3, 0, 1)).reshape(36, *weight.shape[:2])


_Six = tuple[float, float, float, float, float, float]


@inlined        # numbers of the arrays' dtype; the names of the functions are those of the matrices
def _b_transposed(a: float, b: float, c: float, d: float, e: float, f: float, two: float, four: float,
                  five: float) -> _Six:
    even, odd, near, far = e - four * c, d - four * b, e - c, two * (d - b)
    return four * a - five * c + e, even + odd, even - odd, near + far, near - far, four * b - five * d + f


@inlined
def _b(a: float, b: float, c: float, d: float, e: float, f: float, two: float, four: float, five: float) -> _Six:
    even, odd, near, far = b + c, c - b, d + e, two * (e - d)
    return (four * a, four * (odd + f) + far, -five * a - four * even - near, -odd - far - five * f,
            a + even + near, f)


@inlined
def _a_transposed(a: float, b: float, c: float, d: float, e: float, f: float, two: float, four: float,
                  eight: float) -> tuple[float, float, float, float]:
    even, odd, near, far = b + c, b - c, d + e, d - e
    return a + even + near, odd + two * far, even + four * near, odd + eight * far + f


@inlined
def _a(a: float, b: float, c: float, d: float, two: float, four: float, eight: float) -> _Six:
    even, odd, near, far = a + c, b + d, a + four * c, two * b + eight * d
    return a, even + odd, even - odd, near + far, near - far, d


@jit
def _to_points(x: Array, top: int, left: int, rows: int, v: Array, strip: Array, tile: Array) -> None:
    """Write V = Bᵀ d B of all tiles of the images ``x``, whose first tile begins at pixel (-top, -left)."""
    images, channels, height, width = x.shape
    two, four, five = x.dtype.type(2), x.dtype.type(4), x.dtype.type(5)
    columns = strip.shape[1] // 4
    first, last = max(left, 0), min(4 * columns + 2, width + left)
    for n in range(images):
        for i in range(rows):
            if i == 0:
                strip[:] = 0
            else:
                strip[:2] = strip[4:]
                strip[2:] = 0
            for c in range(channels):
                for r in range(0 if i == 0 else 2, 6):
                    h = 4 * i + r - top
                    if 0 <= h < height:
                        for w in range(first, last):
                            strip[r, w, c] = x[n, c, h, w - left]
            for j in range(columns):
                p = (n * rows + i) * columns + j
                for q in range(6):
                    for c in range(channels):
                        tile[0, q, c], tile[1, q, c], tile[2, q, c], tile[3, q, c], tile[4, q, c], tile[5, q, c] = \
                            _b_transposed(strip[0, 4 * j + q, c], strip[1, 4 * j + q, c], strip[2, 4 * j + q, c],
                                          strip[3, 4 * j + q, c], strip[4, 4 * j + q, c], strip[5, 4 * j + q, c],
                                          two, four, five)
                for q in range(6):
                    for c in range(channels):
                        (v[6 * q, p, c], v[6 * q + 1, p, c], v[6 * q + 2, p, c], v[6 * q + 3, p, c],
                         v[6 * q + 4, p, c], v[6 * q + 5, p, c]) = \
                            _b_transposed(tile[q, 0, c], tile[q, 1, c], tile[q, 2, c], tile[q, 3, c], tile[q, 4, c],
                                          tile[q, 5, c], two, four, five)


@jit
def _to_points_back(v: Array, top: int, left: int, rows: int, grad_x: Array, strip: Array, tile: Array) -> None:
    """Write the gradient of the images, the sum of B grad_V Bᵀ over all tiles that a pixel is in."""
    images, channels, height, width = grad_x.shape
    two, four, five = v.dtype.type(2), v.dtype.type(4), v.dtype.type(5)
    columns = strip.shape[1] // 4
    first, last = max(left, 0), min(4 * columns + 2, width + left)
    grad_x[:] = 0           # pixels that no tile reaches
    for n in range(images):
        for i in range(rows):
            if i == 0:
                strip[:] = 0
            else:
                strip[:2] = strip[4:]
                strip[2:] = 0
            for j in range(columns):
                p = (n * rows + i) * columns + j
                for q in range(6):
                    for c in range(channels):
                        tile[0, q, c], tile[1, q, c], tile[2, q, c], tile[3, q, c], tile[4, q, c], tile[5, q, c] = \
                            _b(v[q, p, c], v[6 + q, p, c], v[12 + q, p, c], v[18 + q, p, c], v[24 + q, p, c],
                               v[30 + q, p, c], two, four, five)
                for r in range(6):
                    for c in range(channels):
                        s0, s1, s2, s3, s4, s5 = _b(tile[r, 0, c], tile[r, 1, c], tile[r, 2, c], tile[r, 3, c],
                                                    tile[r, 4, c], tile[r, 5, c], two, four, five)
                        strip[r, 4 * j, c] += s0
                        strip[r, 4 * j + 1, c] += s1
                        strip[r, 4 * j + 2, c] += s2
                        strip[r, 4 * j + 3, c] += s3
                        strip[r, 4 * j + 4, c] += s4
                        strip[r, 4 * j + 5, c] += s5
            for c in range(channels):
                for r in range(6 if i == rows - 1 else 4):      # the next tiles add to the other two lines
                    h = 4 * i + r - top
                    if 0 <= h < height:
                        for w in range(first, last):
                            grad_x[n, c, h, w - left] = strip[r, w, c]


@jit
def _from_points(m: Array, shift: Array, rows: int, y: Array, strip: Array, tile: Array) -> None:
    """Write the outputs ``y = Aᵀ M A`` plus the shift of the channel; of the last tiles what lies inside."""
    images, channels, height, width = y.shape
    two, four, eight = m.dtype.type(2), m.dtype.type(4), m.dtype.type(8)
    columns = strip.shape[1] // 4
    for n in range(images):
        for i in range(rows):
            for j in range(columns):
                p = (n * rows + i) * columns + j
                for q in range(6):
                    for c in range(channels):
                        tile[0, q, c], tile[1, q, c], tile[2, q, c], tile[3, q, c] = \
                            _a_transposed(m[q, p, c], m[6 + q, p, c], m[12 + q, p, c], m[18 + q, p, c],
                                          m[24 + q, p, c], m[30 + q, p, c], two, four, eight)
                for r in range(4):
                    for c in range(channels):
                        s0, s1, s2, s3 = _a_transposed(tile[r, 0, c], tile[r, 1, c], tile[r, 2, c], tile[r, 3, c],
                                                       tile[r, 4, c], tile[r, 5, c], two, four, eight)
                        strip[r, 4 * j, c] = s0 + shift[c]
                        strip[r, 4 * j + 1, c] = s1 + shift[c]
                        strip[r, 4 * j + 2, c] = s2 + shift[c]
                        strip[r, 4 * j + 3, c] = s3 + shift[c]
            for c in range(channels):
                for r in range(min(4, height - 4 * i)):
                    for w in range(width):
                        y[n, c, 4 * i + r, w] = strip[r, w, c]


@jit
def _from_points_back(grad_out: Array, rows: int, m: Array, strip: Array, tile: Array) -> None:
    """Write grad_M = A grad_y Aᵀ of all tiles; outputs beyond the border have no gradient."""
    images, channels, height, width = grad_out.shape
    two, four, eight = m.dtype.type(2), m.dtype.type(4), m.dtype.type(8)
    columns = strip.shape[1] // 4
    for n in range(images):
        for i in range(rows):
            strip[:4] = 0
            for c in range(channels):
                for r in range(min(4, height - 4 * i)):
                    for w in range(width):
                        strip[r, w, c] = grad_out[n, c, 4 * i + r, w]
            for j in range(columns):
                p = (n * rows + i) * columns + j
                for q in range(4):
                    for c in range(channels):
                        tile[0, q, c], tile[1, q, c], tile[2, q, c], tile[3, q, c], tile[4, q, c], tile[5, q, c] = \
                            _a(strip[0, 4 * j + q, c], strip[1, 4 * j + q, c], strip[2, 4 * j + q, c],
                               strip[3, 4 * j + q, c], two, four, eight)
                for r in range(6):
                    for c in range(channels):
                        (m[6 * r, p, c], m[6 * r + 1, p, c], m[6 * r + 2, p, c], m[6 * r + 3, p, c],
                         m[6 * r + 4, p, c], m[6 * r + 5, p, c]) = \
                            _a(tile[r, 0, c], tile[r, 1, c], tile[r, 2, c], tile[r, 3, c], two, four, eight)
