"""Norms whose rows are the last axes of the input."""

from collections.abc import Iterable
from math import prod

import numpy as np
import numpy.typing as npt

from ..core import Array, Shape, ValueRangeError, as_dtype, check_shape, check_size
from ..kernels import normalize_rows, normalize_rows_back
from .row_norm import RowNorm, RowNormCache

__all__ = ["TrailingNorm"]


class TrailingNorm(RowNorm):
    """Standardised rows that are the last axes, of ``normalized_shape``; parameters have that shape.

    Gradients:
        grad_x as in RowNorm; those of the parameters are summed over the leading axes

    Source: Ba, Kiros & Hinton 2016.
    """

    def __init__(self, normalized_shape: int | Iterable[int]) -> None:
        sizes = tuple(normalized_shape) if isinstance(normalized_shape, Iterable) else (normalized_shape,)
        owner = type(self).__name__
        if not sizes:
            raise ValueRangeError(f"{owner} expected normalized_shape of one or more sizes, got none")
        self.normalized_shape = tuple(check_size(size, "normalized_shape", owner) for size in sizes)

    def forward(self, x: Array) -> Array:
        self.check(x)
        rows = self._as_matrix(x, x.dtype if self.weight is None else self.weight.dtype)
        weight, bias = (None if parameter is None else parameter.data.reshape(-1)
                        for parameter in (self.weight, self.bias))
        eps = float(np.finfo(rows.dtype).eps if self.eps is None else self.eps)
        y, mean, inv_std = normalize_rows(rows, weight, bias, eps, self.centered)
        self.cache = RowNormCache(x, mean, inv_std, own=True)
        return y.reshape(x.shape)

    def backward(self, grad_out: Array) -> Array | None:
        x, mean, inv_std, _ = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        rows, grad_rows = self._as_matrix(x, mean.dtype), self._as_matrix(grad_out, mean.dtype)
        weight = None if self.weight is None else self.weight.data.reshape(-1)
        grad_x, grad_weight, grad_bias = normalize_rows_back(grad_rows, rows, mean, inv_std, weight, self.centered)
        for parameter, grad in ((self.weight, grad_weight), (self.bias, grad_bias)):
            if parameter is not None and parameter.requires_grad:
                parameter.grad += grad.reshape(parameter.shape)
        return as_dtype(grad_x.reshape(x.shape), x.dtype) if self.needs_input_grad else None

    def _as_matrix(self, values: Array, dtype: npt.DTypeLike) -> Array:
        return as_dtype(values, dtype).reshape(self.rows(values.shape), prod(self.normalized_shape))

    def rows(self, x_shape: Shape) -> int:
        return prod(x_shape[:len(x_shape) - len(self.normalized_shape)])

    def spread(self, values: Array, x_shape: Shape) -> Array:
        return values

    def check(self, x: Array | Shape) -> None:
        check_shape(x, (..., *self.normalized_shape), name="x", owner=self)
