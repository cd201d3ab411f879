"""Sparse rows, and the affine map of them: only the features that a batch has are looked at, forward and backward."""

import math
from typing import Any

import numpy as np

from .core import (
    Array,
    Description,
    DtypeError,
    Layer,
    Parameter,
    Shape,
    Size,
    as_dtype,
    check_shape,
    check_size,
    default_rng,
)
from .core.optional import scipy
from .embedding import rows_so_far

__all__ = ["Rows", "SparseAffine", "add_product", "is_sparse", "sampled", "with_values"]

Rows = Any      # a scipy.sparse.csr_array; SciPy loads its parts at their first use, so the type can not stand here


class SparseAffine(Layer):
    """Affine map of rows that are mostly zero, ``y = x @ weight + bias``: what layers with sparse input share.

    ``weight`` has a row for each feature, so that a batch reads and writes whole rows. ``mapped`` and ``back`` are
    forward and backward of the map itself, for subclasses that do something to the rows before.

    Gradients:
        grad_weight[f] = sum over n of x[n, f] * grad_out[n], for the features f that the batch has
        grad_x[n, f]   = grad_out[n] · weight[f], for the stored entries
        grad_bias      = grad_out, summed over the rows

    Source: SparseLinear of THNN.
    """

    def __init__(self, in_features: Size, out_features: Size, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", type(self).__name__)
        self.out_features = check_size(out_features, "out_features", type(self).__name__)
        bound = 1 / math.sqrt(in_features)
        draw = default_rng(rng).uniform
        self.weight = Parameter(draw(-bound, bound, (in_features, out_features)))
        self.bias = Parameter(draw(-bound, bound, out_features)) if bias else None

    def forward(self, x: Rows) -> Array:
        self.cache = rows = self.checked(x)
        return self.mapped(rows)

    def backward(self, grad_out: Array) -> Rows:
        rows_before = rows_so_far(self.weight)
        return self.back(self.saved(), grad_out, rows_before)

    def checked(self, x: Rows) -> Rows:
        """Return ``x`` as CSR, the same object if it is that already.

        Raises: DtypeError for a dense array or numbers of another kind, ShapeError for other features.
        """
        if not is_sparse(x):
            kind = "a dense array" if isinstance(x, np.ndarray) else type(x).__name__
            raise DtypeError(f"{self.title} expected x as a SciPy sparse array, got {kind}; "
                             f"use Linear, or convert it with scipy.sparse.csr_array(x)")
        check_shape(x.shape, ("N", self.in_features), name="x", owner=self)
        if x.dtype.kind != "f":
            raise DtypeError(f"{self.title} expected x of a floating-point dtype, got {x.dtype}; "
                             f"convert it with x.astype(np.float32)")
        return x.tocsr()

    def mapped(self, x: Rows) -> Array:
        """Return the affine map of checked rows."""
        y: Array = x.astype(self.weight.dtype, copy=False) @ self.weight.data
        return y if self.bias is None else np.add(y, self.bias.data, out=y)

    def back(self, x: Rows, grad_out: Array, rows_before: Array | None) -> Rows:
        """Go back through the map of ``x``, the rows of the weight's gradient before this pass given."""
        check_shape(grad_out, (x.shape[0], self.out_features), name="grad_out", owner=self)
        if self.weight.requires_grad:
            touched = add_product(self.weight.grad, x, grad_out)
            self.weight.rows = None if rows_before is None else np.union1d(rows_before, touched)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=0)
        return sampled(x, grad_out, self.weight.data) if self.needs_input_grad else None

    def describe(self, *x_shapes: Shape) -> Description:
        """Multiply-adds as if every value were stored: a shape does not say how many are."""
        (x_shape,) = x_shapes
        check_shape(x_shape, ("N", self.in_features), name="x", owner=self)
        return self.description((x_shape[0], self.out_features), multiply_adds=math.prod(x_shape) * self.out_features,
                                field=None)


def is_sparse(x: Any) -> bool:
    """Return whether ``x`` is a SciPy sparse array or matrix."""
    return not isinstance(x, np.ndarray) and hasattr(x, "tocsr")


def with_values(rows: Rows, values: Array) -> Rows:
    """Return sparse rows with other values at the same places."""
    return scipy.sparse.csr_array((values, rows.indices, rows.indptr), shape=rows.shape)


def add_product(grad: Array, x: Rows, grad_out: Array) -> Array:
    """Add ``x.T @ grad_out`` to those rows of ``grad`` where it is not zero; return their numbers."""
    touched, place = np.unique(x.indices, return_inverse=True)
    narrow = scipy.sparse.csr_array((as_dtype(x.data, grad.dtype), place, x.indptr), shape=(x.shape[0], touched.size))
    grad[touched] += narrow.T @ as_dtype(grad_out, grad.dtype)
    return touched


def sampled(x: Rows, grad_out: Array, weight: Array) -> Rows:
    """Return ``grad_out @ weight.T`` where ``x`` has entries, and nowhere else."""
    row = np.repeat(np.arange(x.shape[0]), np.diff(x.indptr))
    return with_values(x, as_dtype(np.einsum("id,id->i", grad_out[row], weight[x.indices]), x.dtype))
