"""Matrix products into memory that goes round, on one thread or on all, and added to what is there."""

import math

import numpy as np

from ..core import Array, Parameter, as_dtype
from .memory import empty
from .threads import get_num_threads, one_blas_thread
from .twin import compiled

__all__ = ["ALONE", "PIECE", "add_grad", "add_matmul", "affine", "matmul", "piece", "product", "width_of_piece"]

PIECE = 1_000_000       # multiply-adds up to which OpenBLAS takes numbers from where they lie instead of sorting them
ALONE = 100_000         # those up to which no BLAS uses threads
_NARROW = 16            # rows and columns of a piece, at least: they fill one vector register
_HEIGHT, _ROWS = 64, 256    # rows of a piece, at most, and of all, beyond which sorting pays
_SHARED = 8_000_000     # multiply-adds from which BLAS may share the work among threads of its own


def matmul(a: Array, b: Array, bias: Array | None = None) -> Array:
    """Return ``a @ b``, or ``a @ b + bias``, in the dtype of the matrix ``b``, however many axes ``a`` has.

    Shapes:
        a:    (..., k)
        b:    (k, m), may be a transposed view
        bias: (m,)
        y:    (..., m)
    """
    y, n = empty((*a.shape[:-1], b.shape[1]), b.dtype), math.prod(a.shape[:-1])
    rows, out = as_dtype(a, b.dtype).reshape(n, a.shape[-1]), y.reshape(n, b.shape[1])
    if bias is None:
        product(rows, b, out)
    else:
        affine(rows, b, as_dtype(bias, b.dtype), out)
    return y


def add_matmul(out: Array, a: Array, b: Array) -> None:
    """Add ``a @ b`` to ``out`` in place.

    Shapes:
        out: (n, m)
        a:   (n, k), may be a transposed view
        b:   (k, m), may be a transposed view
    """
    product(as_dtype(a, out.dtype), as_dtype(b, out.dtype), out, keep=True)


def add_grad(parameter: Parameter, a: Array, b: Array) -> None:
    """Add ``a @ b`` to the gradient of a parameter; where that stands for zero it is not added but written."""
    memory = parameter.overwrite()
    if memory is None:
        add_matmul(parameter.grad, a, b)
    else:
        product(as_dtype(a, memory.dtype), as_dtype(b, memory.dtype), out=memory)


@compiled
def product(a: Array, b: Array, out: Array, keep: bool = False) -> Array:
    """Write ``a @ b`` into ``out``, or add it to what is there, and return it; all of one dtype.

    Without Numba only large products run on several threads, those of BLAS.

    Shapes:
        a, b, out: (n, k), (k, m), (n, m)
    """
    if keep:
        out += product(a, b, out=empty(out.shape, out.dtype))
        return out
    work = a.size * b.shape[1]
    if work <= ALONE or (work >= _SHARED and get_num_threads() > 1):
        np.matmul(a, b, out=out)
    else:
        with one_blas_thread():
            _multiply(a, b, out)
    return out


@compiled
def affine(a: Array, b: Array, bias: Array, out: Array) -> Array:
    """Write ``a @ b + bias`` into ``out`` and return it; all of one dtype.

    Shapes:
        a, b, bias, out: (n, k), (k, m), (m,), (n, m)
    """
    out = product(a, b, out)
    out += bias
    return out


def _multiply(a: Array, b: Array, out: Array) -> None:
    (n, k), m = a.shape, b.shape[1]
    height, width = piece(n, b) if a.flags.c_contiguous else (n, m)
    if (height, width) == (n, m):
        np.matmul(a, b, out=out)
    else:       # (n, k) @ (k, m) -> (n / height, m / width, height, width), all of them views
        np.matmul(a.reshape(n // height, 1, height, k), b.T.reshape(m // width, width, k).swapaxes(1, 2),
                  out=out.reshape(n // height, height, m // width, width).swapaxes(1, 2))


def piece(n: int, b: Array) -> tuple[int, int]:
    """Return rows and columns of the pieces to compute: a few rows times a transposed matrix gain a third by that."""
    k, m = b.shape
    if b.flags.c_contiguous or not b.flags.f_contiguous or n * k * m <= PIECE or n > _ROWS:
        return n, m
    height = next(size for size in range(min(n, _HEIGHT), 0, -1) if n % size == 0)
    width = width_of_piece(height, k, m)
    return (height, width) if width < m and height >= _NARROW else (n, m)


def width_of_piece(n: int, k: int, m: int) -> int:
    """Return the largest part of m columns so that ``n * k`` times it is done in one go; m if there is none."""
    widths = (m // count for count in range(1, m // _NARROW + 1) if m % count == 0)
    return next((width for width in widths if n * k * width <= PIECE), m)
