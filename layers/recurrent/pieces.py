"""Products with one matrix again and again, in pieces so small that BLAS takes the numbers from where they lie.

Before a large product OpenBLAS copies both factors into an order of its own; with few rows the copy takes as long as
a third of the product. Up to ``PIECE`` multiply-adds it does without, at full speed. So columns are cut into pieces.
"""

import numpy as np

from ..core import Array
from ..kernels import PIECE, in_parallel

__all__ = ["cut", "multiply", "multiply_rows"]

_NARROW = 16            # columns, which fill one vector register
_ROWS = 64              # rows at a time where there are many


def cut(matrix: Array, rows: int) -> Array:
    """Return the columns of (k, m) in equal pieces, (pieces, k, width), each in one go with ``rows`` rows."""
    k, m = matrix.shape
    widths = (m // count for count in range(1, m // _NARROW + 1) if m % count == 0)
    width = next((width for width in widths if rows * k * width <= PIECE), m)
    return np.ascontiguousarray(matrix.reshape(k, m // width, width).swapaxes(0, 1))


def multiply(x: Array, pieces: Array, out: Array) -> Array:
    """Write ``x @ matrix`` into ``out``.

    Shapes:
        x:      (rows, k), or (blocks, 1, rows, k)
        pieces: (pieces, k, width), the matrix as ``cut`` returns it
        out:    (rows, pieces·width), or (blocks, rows, pieces·width)
    """
    count, _, width = pieces.shape
    np.matmul(x, pieces, out=out.reshape(*out.shape[:-1], count, width).swapaxes(-3, -2))
    return out


def multiply_rows(x: Array, matrix: Array, out: Array) -> Array:
    """Write ``x @ matrix`` into ``out``, for many rows: ``_ROWS`` at a time, shared among the threads."""
    blocks = len(x) // _ROWS if len(x) >= 2 * _ROWS else 0      # for fewer the copy of the matrix does not pay
    whole = blocks * _ROWS
    if blocks:
        pieces = cut(matrix, _ROWS)
        sources, targets = (array[:whole].reshape(blocks, _ROWS, array.shape[1]) for array in (x, out))

        def work(start: int, stop: int) -> None:
            multiply(sources[start:stop, None], pieces, targets[start:stop])
        in_parallel(work, blocks, max(x.size, out.size))
    np.matmul(x[whole:], matrix, out=out[whole:])
    return out
