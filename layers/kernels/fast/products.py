"""Products cut into pieces, which the threads share."""

import numpy as np

from ...core import Array
from .. import products
from ..products import ALONE, piece
from ..threads import get_num_threads, shares
from .blas import address_of, multiply
from .jit import shared

__all__ = ["product"]

_WIDE = 16              # rows or columns, a multiple of which makes a part: they fill one vector register
_SPEED = 16             # multiply-adds of BLAS in the time of one addition that waits for memory


def product(a: Array, b: Array, out: Array, keep: bool = False) -> Array:
    """See the definition."""
    (n, k), m = a.shape, b.shape[1]
    work = n * k * m
    if (work <= ALONE and not keep) or work == 0 or not (_fits(a) and _fits(b) and _takes(out)):
        return products.product.definition(a, b, out, keep)
    height, width = piece(n, b) if a.flags.c_contiguous else (n, m)
    threads = len(shares(get_num_threads(), work // _SPEED)) - 1
    if (height, width) == (n, m) and threads > 1:
        height, width = (_part(n, threads), m) if n > m else (n, _part(m, threads))
    edges = shares(-(-n // height) * -(-m // width), work // _SPEED)
    _product(edges, address_of(out.dtype), a, b, out, keep, height, width)
    return out


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
