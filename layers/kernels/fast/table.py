"""Adding vectors to rows of a table one after the other, each thread to columns of its own."""

import numpy as np

from ...core import Array, as_dtype
from ..threads import shares as split
from .jit import shared

__all__ = ["add_at"]


def add_at(table: Array, indices: Array, rows: Array, shares: Array | None = None) -> None:
    """See the definition."""
    rows = np.ascontiguousarray(as_dtype(rows, table.dtype))
    shares = None if shares is None else as_dtype(shares, table.dtype)
    _add_at(split(table.shape[1], rows.size * 2), table, indices, rows, shares)


@shared
def _add_at(part: int, start: int, stop: int, table: Array, indices: Array, rows: Array,
            shares: Array | None) -> None:
    for i in range(indices.size):
        out, row = table[indices[i], start:stop], rows[i, start:stop]
        if shares is None:
            for d in range(out.size):
                out[d] += row[d]
        else:
            share = shares[i]
            for d in range(out.size):
                out[d] += share * row[d]
