"""From images to the points of Winograd's filtering and back, see winograd.py; eight channels go together.

Row of tiles by row of tiles, the lines of eight channels are copied side by side and turned, so that a pixel is a
vector of eight channels and every step arithmetic of vectors. Of channels that eight does not divide, the last eight
overlap those before; there must be eight.
"""

import numpy as np
import numpy.typing as npt

from ...core import Array
from .jit import inlined, jit
from .vector import WIDTH, copy, load, store, transposed

__all__ = ["from_points", "from_points_back", "scratch", "to_points", "to_points_back"]


def scratch(parts: int, columns: int, dtype: npt.DTypeLike) -> tuple[Array, Array, Array]:
    """Return each part's memory for what is on its way: lines of eight channels, the same by pixels, and a tile."""
    span = -(-6 * (4 * columns + 2) // WIDTH) * WIDTH
    return (np.zeros((parts, WIDTH, span), dtype), np.empty((parts, span * WIDTH), dtype),
            np.empty((parts, 36 * WIDTH), dtype))


_Six = tuple[float, float, float, float, float, float]      # vectors, and so are the arguments of all that follows


@inlined        # the names of the functions are those of the matrices
def _b_transposed(a: float, b: float, c: float, d: float, e: float, f: float, two: float, four: float,
                  five: float) -> _Six:
    even, odd, near, far = e - four * c, d - four * b, e - c, two * (d - b)
    return four * a - five * c + e, even + odd, even - odd, near + far, near - far, four * b - five * d + f


@inlined
def _b(a: float, b: float, c: float, d: float, e: float, f: float, two: float, four: float, five: float) -> _Six:
    even, odd, near, far = b + c, c - b, d + e, two * (e - d)
    return (four * a, four * (odd + f) + far, -five * a - four * even - near, b - c - far - five * f,
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


@inlined
def _four(array: Array, at: int, step: int) -> tuple[float, float, float, float]:
    return load(array, at), load(array, at + step), load(array, at + 2 * step), load(array, at + 3 * step)


@inlined
def _six(array: Array, at: int, step: int) -> _Six:
    return (load(array, at), load(array, at + step), load(array, at + 2 * step), load(array, at + 3 * step),
            load(array, at + 4 * step), load(array, at + 5 * step))


@inlined
def _put(array: Array, at: int, step: int, a: float, b: float, c: float, d: float) -> None:
    store(array, at, a)
    store(array, at + step, b)
    store(array, at + 2 * step, c)
    store(array, at + 3 * step, d)


@inlined
def _put_six(array: Array, at: int, step: int, six: _Six) -> None:
    _put(array, at, step, six[0], six[1], six[2], six[3])
    store(array, at + 4 * step, six[4])
    store(array, at + 5 * step, six[5])


@inlined
def _turn(source: Array, at: int, step: int, target: Array, to: int, stride: int) -> None:
    """Copy eight by eight numbers, rows to columns."""
    a, b, c, d = _four(source, at, step)
    e, f, g, h = _four(source, at + 4 * step, step)
    rows = transposed((a, b, c, d, e, f, g, h))
    _put(target, to, stride, rows[0], rows[1], rows[2], rows[3])
    _put(target, to + 4 * stride, stride, rows[4], rows[5], rows[6], rows[7])


@jit
def _read(x: Array, c: int, line: int, left: int, rows: int, width: int, lines: Array, pixels: Array) -> None:
    """Fetch lines of eight channels, from ``c`` and ``line`` on, zero where there are none, pixel by pixel."""
    first, last = max(left, 0), min(width, x.shape[2] + left)
    flat, source, span, (_, height, breadth) = lines.reshape(-1), x.reshape(-1), lines.shape[1], x.shape
    for k in range(WIDTH):
        for r in range(rows):
            to = k * span + r * width + first
            if 0 <= line + r < height:
                copy(source, ((c + k) * height + line + r) * breadth + first - left, flat, to, last - first)
            else:
                flat[to:to + last - first] = 0
    for p in range(0, rows * width, WIDTH):
        _turn(flat, p, span, pixels, WIDTH * p, WIDTH)


@jit
def _write(pixels: Array, rows: int, width: int, left: int, lines: Array, x: Array, c: int, line: int) -> None:
    """Put pixels into lines of eight channels, from ``c`` and ``line`` on, where there are such."""
    first, last = max(left, 0), min(width, x.shape[2] + left)
    flat, target, span, (_, height, breadth) = lines.reshape(-1), x.reshape(-1), lines.shape[1], x.shape
    for p in range(0, rows * width, WIDTH):
        _turn(pixels, WIDTH * p, WIDTH, flat, p, span)
    for k in range(WIDTH):
        for r in range(rows):
            if 0 <= line + r < height:
                copy(flat, k * span + r * width + first, target,
                     ((c + k) * height + line + r) * breadth + first - left, last - first)


@jit
def to_points(x: Array, corner: tuple[int, int], grid: tuple[int, int], v: Array, lines: Array, pixels: Array,
               tile: Array) -> None:
    """Write V = Bᵀ d B of all tiles of the images ``x``, whose first tile begins at pixel (-top, -left)."""
    two, four, five = x.dtype.type(2), x.dtype.type(4), x.dtype.type(5)
    (rows, columns), (top, left), channels = grid, corner, x.shape[1]
    width, point, flat = 4 * columns + 2, v.shape[1] * channels, v.reshape(-1)
    lines[:] = 0
    for n in range(len(x)):
        for i in range(rows):
            for start in range(0, channels, WIDTH):
                k = min(start, channels - WIDTH)
                _read(x[n], k, 4 * i - top, left, 6, width, lines, pixels)
                for j in range(columns):
                    for q in range(6):
                        a, b, c, d, e, f = _six(pixels, WIDTH * (4 * j + q), WIDTH * width)
                        _put_six(tile, WIDTH * q, WIDTH * 6, _b_transposed(a, b, c, d, e, f, two, four, five))
                    at = ((n * rows + i) * columns + j) * channels + k
                    for q in range(6):
                        a, b, c, d, e, f = _six(tile, WIDTH * 6 * q, WIDTH)
                        _put_six(flat, at + 6 * q * point, point, _b_transposed(a, b, c, d, e, f, two, four, five))


@jit
def to_points_back(v: Array, corner: tuple[int, int], grid: tuple[int, int], grad_x: Array, lines: Array, pixels: Array,
                    tile: Array) -> None:
    """Write the gradient of the images, the sum of B grad_V Bᵀ over all tiles that a pixel is in."""
    two, four, five = v.dtype.type(2), v.dtype.type(4), v.dtype.type(5)
    (rows, columns), (top, left), channels = grid, corner, grad_x.shape[1]
    width, point, flat = 4 * columns + 2, v.shape[1] * channels, v.reshape(-1)
    grad_x[:] = 0           # pixels that no tile reaches
    for n in range(len(grad_x)):
        for start in range(0, channels, WIDTH):
            k = min(start, channels - WIDTH)
            pixels[:] = 0
            for i in range(rows):
                if i > 0:       # tiles share two lines with those below
                    pixels[:2 * WIDTH * width] = pixels[4 * WIDTH * width:6 * WIDTH * width]
                    pixels[2 * WIDTH * width:] = 0
                for j in range(columns):
                    at = ((n * rows + i) * columns + j) * channels + k
                    for q in range(6):
                        a, b, c, d, e, f = _six(flat, at + q * point, 6 * point)
                        _put_six(tile, WIDTH * q, WIDTH * 6, _b(a, b, c, d, e, f, two, four, five))
                    for q in range(6):
                        a, b, c, d, e, f = _six(tile, WIDTH * 6 * q, WIDTH)
                        a, b, c, d, e, f = _b(a, b, c, d, e, f, two, four, five)
                        here = WIDTH * (q * width + 4 * j)
                        s, t, u, w, x, y = _six(pixels, here, WIDTH)
                        _put_six(pixels, here, WIDTH, (s + a, t + b, u + c, w + d, x + e, y + f))
                _write(pixels, 6 if i == rows - 1 else 4, width, left, lines, grad_x[n], k, 4 * i - top)


@jit
def from_points(m: Array, shift: Array, grid: tuple[int, int], y: Array, lines: Array, pixels: Array,
                 tile: Array) -> None:
    """Write the outputs ``y = Aᵀ M A`` plus the shift of the channel; of the last tiles what lies inside."""
    two, four, eight = m.dtype.type(2), m.dtype.type(4), m.dtype.type(8)
    (rows, columns), channels = grid, y.shape[1]
    width, point, flat = 4 * columns, m.shape[1] * channels, m.reshape(-1)
    for n in range(len(y)):
        for i in range(rows):
            for start in range(0, channels, WIDTH):
                k = min(start, channels - WIDTH)
                below = load(shift, k)
                for j in range(columns):
                    at = ((n * rows + i) * columns + j) * channels + k
                    for q in range(6):
                        a, b, c, d, e, f = _six(flat, at + q * point, 6 * point)
                        a, b, c, d = _a_transposed(a, b, c, d, e, f, two, four, eight)
                        _put(tile, WIDTH * q, WIDTH * 6, a, b, c, d)
                    for q in range(4):
                        a, b, c, d, e, f = _six(tile, WIDTH * 6 * q, WIDTH)
                        a, b, c, d = _a_transposed(a, b, c, d, e, f, two, four, eight)
                        _put(pixels, WIDTH * (q * width + 4 * j), WIDTH, a + below, b + below, c + below, d + below)
                _write(pixels, 4, width, 0, lines, y[n], k, 4 * i)


@jit
def from_points_back(grad_out: Array, grid: tuple[int, int], m: Array, lines: Array, pixels: Array,
                      tile: Array) -> None:
    """Write grad_M = A grad_y Aᵀ of all tiles; outputs beyond the border have no gradient."""
    two, four, eight = m.dtype.type(2), m.dtype.type(4), m.dtype.type(8)
    (rows, columns), channels = grid, grad_out.shape[1]
    width, point, flat = 4 * columns, m.shape[1] * channels, m.reshape(-1)
    lines[:] = 0
    for n in range(len(grad_out)):
        for i in range(rows):
            for start in range(0, channels, WIDTH):
                k = min(start, channels - WIDTH)
                _read(grad_out[n], k, 4 * i, 0, 4, width, lines, pixels)
                for j in range(columns):
                    for q in range(4):
                        a, b, c, d = _four(pixels, WIDTH * (4 * j + q), WIDTH * width)
                        _put_six(tile, WIDTH * q, WIDTH * 4, _a(a, b, c, d, two, four, eight))
                    at = ((n * rows + i) * columns + j) * channels + k
                    for q in range(6):
                        a, b, c, d = _four(tile, WIDTH * 4 * q, WIDTH)
                        _put_six(flat, at + 6 * q * point, point, _a(a, b, c, d, two, four, eight))
