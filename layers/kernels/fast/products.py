"""Products cut into pieces, which the threads share."""

import numpy as np

from ...core import Array
from .. import products
from ..products import ALONE, piece
from ..threads import Edges, get_num_threads, shares
from .blas import address_of, multiply
from .jit import shared

__all__ = ["affine", "product"]

_WIDE = 16              # rows or columns, a multiple of which makes a part: they fill one vector register
_SPEED = 16             # multiply-adds of BLAS in the time of one addition that waits for memory


def product(a: Array, b: Array, out: Array, keep: bool = False) -> Array:
    """See the definition."""
    if a.shape[0] == 1 and not keep:        # one row: memory sets the pace, and a call in between only costs
        return np.matmul(a, b, out=out)
    pieces = _pieces(a, b, out, 0 if keep else ALONE)
    if pieces is None:
        return products.product.definition(a, b, out, keep)
    edges, height, width = pieces
    _product(edges, address_of(out.dtype), a, b, out, keep, height, width)
    return out


def affine(a: Array, b: Array, bias: Array, out: Array) -> Array:
    """See the definition; each piece begins with the bias and has the product added to it while it is in the cache."""
    pieces = None if a.shape[0] == 1 else _pieces(a, b, out, ALONE)
    if pieces is None:
        return products.affine.definition(a, b, bias, out)
    edges, height, width = pieces
    _affine(edges, address_of(out.dtype), a, b, bias, out, height, width)
    return out


def _pieces(a: Array, b: Array, out: Array, alone: int) -> tuple[Edges, int, int] | None:
    """Return how the threads share a product, and rows and columns of its pieces; None if NumPy should do it."""
    (n, k), m = a.shape, b.shape[1]
    work = n * k * m
    if work <= alone or work == 0 or not (_fits(a) and _fits(b) and _takes(out)):
        return None
    height, width = piece(n, b) if a.flags.c_contiguous else (n, m)
    threads = len(shares(get_num_threads(), work // _SPEED)) - 1
    if (height, width) == (n, m) and threads > 1:
        height, width = (_part(n, threads), m) if n > m else (n, _part(m, threads))
    return shares(-(-n // height) * -(-m // width), work // _SPEED), height, width


def _fits(matrix: Array) -> bool:
    """Return whether rows or columns lie in one piece, and none over another."""
    first, second = matrix.strides
    size = matrix.itemsize
    return (second == size and first >= size * matrix.shape[1]) or (first == size and second >= size * matrix.shape[0])


def _takes(out: Array) -> bool:
    return out.strides[1] == out.itemsize and out.dtype in (np.float32, np.float64)


def _part(size: int, parts: int) -> int:
    return -(-size // (parts * _WIDE)) * _WIDE


@shared
def _product(part: int, start: int, stop: int, blas: int, a: Array, b: Array, out: Array, keep: bool, height: int,
             width: int) -> None:
    columns = -(-b.shape[1] // width)
    for p in range(start, stop):
        i, j = p // columns * height, p % columns * width
        multiply(blas, a[i:i + height], b[:, j:j + width], out[i:i + height, j:j + width], keep)


@shared
def _affine(part: int, start: int, stop: int, blas: int, a: Array, b: Array, bias: Array, out: Array, height: int,
            width: int) -> None:
    columns = -(-b.shape[1] // width)
    for p in range(start, stop):
        i, j = p // columns * height, p % columns * width
        piece, numbers = out[i:i + height, j:j + width], bias[j:j + width]
        for row in range(piece.shape[0]):
            for column in range(piece.shape[1]):
                piece[row, column] = numbers[column]
        multiply(blas, a[i:i + height], b[:, j:j + width], piece, True)
