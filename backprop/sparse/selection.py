"""The largest entries of a gradient: for every example its own, or the same ones for the whole batch."""

from typing import NamedTuple

import numpy as np

from ...layers.core import Array, Parameter, ValueRangeError
from ...layers.core.optional import scipy
from ...layers.kernels import matmul

__all__ = ["Selection", "how_many", "select"]


class Selection(NamedTuple):
    """Some entries of a gradient of shape (N, features); the others count as zero.

    Shapes:
        columns: (k,) the same for all examples, or (N, k)
        values:  (N, k)
    """

    columns: Array
    values: Array
    features: int

    def times(self, matrix: Array) -> Array:
        """Return the product with a matrix, (N, features) @ (features, m)."""
        if self.columns.ndim == 1:
            return matmul(self.values, matrix[self.columns])
        return np.asarray(self._sparse() @ matrix)

    def add_outer(self, parameter: Parameter, x: Array, rows: Array | None) -> None:
        """Add the product of its transpose with ``x``, (features, N) @ (N, m), to a gradient of which it touches rows.

        ``rows`` are those that may be touched already, None for all; the parameter is told which they are now.
        """
        if self.columns.ndim == 1:
            touched, product = self.columns, matmul(np.ascontiguousarray(self.values.T), x)
        else:
            touched = np.unique(self.columns)
            product = self._sparse(np.searchsorted(touched, self.columns), len(touched)).T @ x
        parameter.grad[touched] += product
        parameter.rows = None if rows is None else np.union1d(rows, touched)

    def dense(self) -> Array:
        """Return the gradient with zeros where nothing was selected."""
        grad = np.zeros((len(self.values), self.features), self.values.dtype)
        if self.columns.ndim == 1:
            grad[:, self.columns] = self.values
        else:
            np.put_along_axis(grad, self.columns, self.values, axis=1)
        return grad

    def _sparse(self, columns: Array | None = None, features: int | None = None) -> "scipy.sparse.csr_array":
        count, k = self.values.shape
        columns = self.columns if columns is None else columns
        return scipy.sparse.csr_array((self.values.ravel(), columns.ravel(), np.arange(0, count * k + 1, k)),
                                      shape=(count, self.features if features is None else features))


def select(grad: Array, k: int, unified: bool) -> Selection:
    """Return the k largest magnitudes of each row; unified: the k columns in which their sums are largest.

    Shapes:
        grad: (N, features)

    Example:
        >>> from chainrule.backprop.sparse import select
        >>> grad = np.array([[1.0, -5.0, 2.0], [3.0, 0.5, 4.0]])
        >>> select(grad, 1, unified=False).dense().tolist(), select(grad, 1, unified=True).dense().tolist()
        ([[0.0, -5.0, 0.0], [0.0, 0.0, 4.0]], [[0.0, 0.0, 2.0], [0.0, 0.0, 4.0]])
    """
    features = grad.shape[1]
    sizes = np.abs(grad).sum(axis=0) if unified else np.abs(grad)
    columns = np.arange(features) if k >= features else np.argpartition(sizes, features - k)[..., features - k:]
    if unified:
        columns = np.sort(columns)
        return Selection(columns, grad[:, columns], features)
    columns = np.broadcast_to(columns, (len(grad), min(k, features)))
    return Selection(columns, np.take_along_axis(grad, columns, axis=1), features)


def how_many(k: float, features: int, owner: str) -> int:
    """Return the number of entries that ``k`` stands for: a whole number, or a share such as 0.04 of all.

    Raises: ValueRangeError for what is neither.
    """
    if isinstance(k, bool) or k <= 0 or (k > 1 and k != int(k)):
        raise ValueRangeError(f"{owner} expected k as a whole number of at least 1, or as a share above 0 and up to "
                              f"1.0, got {k!r}")
    return min(int(k), features) if isinstance(k, int) or k > 1 else max(round(k * features), 1)
