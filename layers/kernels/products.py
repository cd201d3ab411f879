"""Matrix products into memory that goes round, and added to what is there."""

import math

import numpy as np

from ..core import Array, as_dtype
from .memory import empty

__all__ = ["add_matmul", "matmul"]


def matmul(a: Array, b: Array) -> Array:
    """Return ``a @ b`` in the dtype of the matrix ``b``, as one product however many axes ``a`` has.

    Shapes:
        a: (..., k)
        b: (k, m), may be a transposed view
        y: (..., m)
    """
    y = empty((*a.shape[:-1], b.shape[1]), b.dtype)
    np.matmul(as_dtype(a, b.dtype).reshape(math.prod(a.shape[:-1]), a.shape[-1]), b, out=y.reshape(-1, b.shape[1]))
    return y


def add_matmul(out: Array, a: Array, b: Array) -> None:
    """Add ``a @ b`` to ``out`` in place.

    Shapes:
        out: (n, m)
        a:   (n, k), may be a transposed view
        b:   (k, m), may be a transposed view
    """
    product = np.matmul(as_dtype(a, out.dtype), as_dtype(b, out.dtype), out=empty(out.shape, out.dtype))
    np.add(out, product, out=out)
