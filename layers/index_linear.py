"""Affine map of sparse rows whose features are brought to one scale on line."""

from typing import NamedTuple

import numpy as np

from .core import Array, Buffer, Description, Kept, Shape, Size, as_dtype
from .embedding import rows_so_far
from .sparse_rows import Rows, SparseAffine, with_values

__all__ = ["IndexLinear", "IndexLinearCache"]


class IndexLinearCache(NamedTuple):
    """The scaled rows, by what each feature was divided, and which stored value set that just now; -1 for none."""

    x_hat: Rows
    scale: Array
    winner: Array
    dtype: np.dtype[np.generic]


class IndexLinear(SparseAffine):
    """Affine map of sparse rows, ``y = x_hat @ weight + bias`` with ``x_hat = clip(x / running_max, -1, 1)``.

    In training ``running_max = max(running_max, |x|)``, feature by feature, comes first; evaluation clips what is
    larger. Without ``max_normalize``, ``x_hat`` is ``x``. Keys, values and offsets (with the number of values as the
    last) are rows, too: ``scipy.sparse.csr_array((values, keys, offsets), shape)``.

    Shapes: as SparseLinear, and
        running_max: (in_features,)

    Gradients: as SparseLinear, and from x_hat to x, where |x_hat| < 1,
        grad_x = grad_x_hat / running_max
        At the value that has just become running_max: - x_hat * sum of grad_x * x_hat over its feature; else 0.

    Cost: as SparseLinear; with max_normalize also a pass over ``running_max``, and keeps the scaled rows.

    Raises: as SparseLinear.

    Source: IndexLinear of THNN (maxNormalize), which looks at a batch value by value and not as a whole.

    Example:
        >>> import scipy
        >>> x = scipy.sparse.csr_array((np.array([3.0, 1.0, 2.0]), np.array([5, 0, 7]), np.array([0, 2, 3])), (2, 9))
        >>> IndexLinear(9, 4, max_normalize=True).forward(x).shape
        (2, 4)
    """

    forward_mode_gap = "by which values a feature is divided depends on the batch itself; SparseLinear has forward mode"

    def __init__(self, in_features: Size, out_features: Size, bias: bool = True, max_normalize: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(in_features, out_features, bias, rng=rng)
        self.max_normalize = max_normalize
        self.running_max = Buffer(np.zeros(in_features)) if max_normalize else None

    def forward(self, x: Rows) -> Array:
        if self.running_max is None:
            return super().forward(x)
        rows = self.checked(x)
        values = as_dtype(rows.data, self.weight.dtype)
        winner = _raised(self.running_max, rows.indices, np.abs(values)) if self.training \
            else np.full(self.in_features, -1)
        scale = self.running_max.data[rows.indices]
        x_hat = np.divide(values, scale, out=np.sign(values), where=scale > 0)      # never seen: as large as possible
        self.cache = IndexLinearCache(with_values(rows, np.clip(x_hat, -1, 1)), self.running_max.data, winner,
                                      rows.dtype)
        return self.mapped(self.cache.x_hat)

    def backward(self, grad_out: Array) -> Rows:
        rows_before = rows_so_far(self.weight)
        if self.running_max is None:
            return self.back(self.saved(), grad_out, rows_before)
        x_hat, scale, winner, dtype = self.saved()
        grad_x_hat = self.back(x_hat, grad_out, rows_before)
        if grad_x_hat is None:
            return None
        values, features = x_hat.data, x_hat.indices
        inside = (np.abs(values) < 1) & (scale[features] > 0)
        grad_x = np.divide(grad_x_hat.data, scale[features], out=np.zeros_like(values), where=inside)
        along = np.bincount(features, grad_x * values, self.in_features)
        new = np.flatnonzero(winner >= 0)
        grad_x[winner[new]] = -values[winner[new]] * along[new]
        return with_values(x_hat, as_dtype(grad_x, dtype))

    def describe(self, *x_shapes: Shape) -> Description:
        """As SparseLinear; the statistics have a size that shapes tell."""
        described = super().describe(*x_shapes)
        kept = (Kept("scale", self.in_features), Kept("winner", self.in_features, np.dtype(np.intp).itemsize))
        return self.description(*described.y_shapes, multiply_adds=described.multiply_adds, field=None,
                                kept=kept if self.max_normalize else ())


def _raised(running_max: Buffer, features: Array, sizes: Array) -> Array:
    """Raise the maxima of features; return for every feature which of the values set it, -1 where none did."""
    before, largest = running_max.data, running_max.data.copy()
    np.maximum.at(largest, features, sizes)
    sets = np.flatnonzero((sizes == largest[features]) & (largest > before)[features])
    winner = np.full(before.size, -1)
    winner[features[sets]] = sets
    running_max.assign(largest)
    return winner
