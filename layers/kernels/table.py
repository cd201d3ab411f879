"""Adding vectors to those rows of a table that indices name, of which some are named often."""

import numpy as np

from ..core import Array, as_dtype
from ..core.optional import scipy
from .twin import compiled

__all__ = ["add_at"]


@compiled
def add_at(table: Array, indices: Array, rows: Array, shares: Array | None = None) -> None:
    """Add ``shares[i] * rows[i]``, or ``rows[i]``, to ``table[indices[i]]`` for all i, in place.

    Shapes:
        table:   (K, D)
        indices: (R,), also ``shares``
        rows:    (R, D)
    """
    touched, place = np.unique(indices, return_inverse=True)
    counts = np.ones(indices.size, table.dtype) if shares is None else as_dtype(shares, table.dtype)
    gathering = scipy.sparse.csr_array((counts, (place, np.arange(indices.size))), shape=(touched.size, indices.size))
    table[touched] += gathering @ as_dtype(rows, table.dtype)
