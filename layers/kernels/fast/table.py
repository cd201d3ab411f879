"""Adding vectors to rows of a table one after the other, each thread to columns of its own."""

import numpy as np

from ...core import Array, as_dtype
from ..threads import in_parallel
from .jit import jit

__all__ = ["add_at"]


def add_at(table: Array, indices: Array, rows: Array, shares: Array | None = None) -> None:
    """See the definition."""
    rows = np.ascontiguousarray(as_dtype(rows, table.dtype))
    shares = None if shares is None else as_dtype(shares, table.dtype)

    def work(start: int, stop: int) -> None:
        _add_at(table[:, start:stop], indices, rows[:, start:stop], shares)

    in_parallel(work, table.shape[1], rows.size * 2)


@jit
def _add_at(table: Array, indices: Array, rows: Array, shares: Array | None) -> None:
    for i in range(indices.size):
        out, row = table[indices[i]], rows[i]
        if shares is None:
            for d in range(out.size):
                out[d] += row[d]
        else:
            share = shares[i]
            for d in range(out.size):
                out[d] += share * row[d]
