"""Matrix products that write where they are told to."""

import numpy as np
import scipy

from ..core import Array, as_dtype

__all__ = ["add_matmul"]


def add_matmul(out: Array, a: Array, b: Array) -> None:
    """Add ``a @ b`` to ``out`` in place, without a temporary where BLAS can do it.

    Shapes:
        out: (n, m), contiguous
        a:   (n, k), may be a transposed view
        b:   (k, m), may be a transposed view
    """
    a, b = as_dtype(a, out.dtype), as_dtype(b, out.dtype)
    if not (out.flags.c_contiguous and out.size and a.shape[1] and _is_plain(a) and _is_plain(b)):
        out += a @ b
        return
    gemm = scipy.linalg.get_blas_funcs("gemm", (out,))
    # BLAS wants column order: out.T (n is its fast axis) += b.T @ a.T, each operand handed over in the order it lies in
    b_transposed, a_transposed = not b.flags.c_contiguous, not a.flags.c_contiguous
    gemm(1.0, b if b_transposed else b.T, a if a_transposed else a.T, beta=1.0, c=out.T, overwrite_c=True,
         trans_a=b_transposed, trans_b=a_transposed)


def _is_plain(x: Array) -> bool:
    return x.dtype in (np.float32, np.float64) and (x.flags.c_contiguous or x.flags.f_contiguous)
