"""Products with one matrix again and again, in pieces so small that BLAS takes the numbers from where they lie.

Before a large product OpenBLAS copies both factors into an order of its own; with few rows the copy takes as long as
a third of the product. Up to ``PIECE`` multiply-adds it does without, at full speed. So columns are cut into pieces.
"""

import numpy as np

from ..core import Array
from ..kernels import width_of_piece

__all__ = ["cut", "multiply"]


def cut(matrix: Array, rows: int) -> Array:
    """Return the columns of (k, m) in equal pieces, (pieces, k, width), each in one go with ``rows`` rows."""
    k, m = matrix.shape
    width = width_of_piece(rows, k, m)
    return np.ascontiguousarray(matrix.reshape(k, m // width, width).swapaxes(0, 1))


def multiply(x: Array, pieces: Array, out: Array) -> Array:
    """Write ``x @ matrix`` into ``out``.

    Shapes:
        x:      (rows, k)
        pieces: (pieces, k, width), the matrix as ``cut`` returns it
        out:    (rows, pieces·width)
    """
    count, _, width = pieces.shape
    np.matmul(x, pieces, out=out.reshape(len(out), count, width).swapaxes(0, 1))
    return out
