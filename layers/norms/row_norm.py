"""Values standardised row by row, each by statistics of its own: what the norms without batch statistics share."""

from math import prod
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ..core import (
    Array,
    Description,
    Kept,
    Layer,
    Parameter,
    Shape,
    as_dtype,
    check_shape,
    total,
    unbroadcast,
)
from ..kernels import inner_sums, moments, project, standardize

__all__ = ["RowNorm", "RowNormCache", "RowNormTangent"]


class RowNormCache(NamedTuple):
    """The input, what its rows were standardised by, and whether that came from the rows themselves."""

    x: Array
    mean: Array
    inv_std: Array
    own: bool


class RowNormTangent(NamedTuple):
    """The tangents of the input and of the standardised input, as rows; None where zero."""

    x_dot: Array | None
    x_hat_dot: Array | None


class RowNorm(Layer):
    """Standardised rows, ``y = x_hat * weight + bias`` with ``x_hat = (x - mean) * inv_std``.

    Each sample's values are cut into rows, and ``mean`` and ``inv_std = 1 / sqrt(var + eps)`` belong to a row. A
    subclass says in ``rows`` how many rows an input has, in ``spread`` how a parameter is laid over the input, and in
    ``check`` which inputs it takes. With ``centered = False`` the mean counts as zero.

    Gradients:
        grad_hat    = grad_out * weight
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over a row;
                      without the middle term if not centered
        grad_weight = sum(grad_out * x_hat), grad_bias = sum(grad_out), over all that shares a value of them

    Cost: one multiplication and addition for each value; keeps ``x`` and two numbers for each row.

    Source: Ioffe & Szegedy 2015, section 3, with the statistics of one sample.
    """

    centered: ClassVar[bool] = True
    weight: Parameter | None
    bias: Parameter | None = None
    eps: float | None

    def rows(self, x_shape: Shape) -> int:
        """Return how many rows an input has."""
        raise NotImplementedError(f"{type(self).__name__}.rows")

    def spread(self, values: Array, x_shape: Shape) -> Array:
        """Return a parameter's values in a shape that broadcasts to ``x_shape``."""
        raise NotImplementedError(f"{type(self).__name__}.spread")

    def check(self, x: Array | Shape) -> None:
        """Raise unless the layer takes an input, or a shape, like this."""
        raise NotImplementedError(f"{type(self).__name__}.check")

    def forward(self, x: Array) -> Array:
        self.check(x)
        rows = self._as_rows(x, x.dtype if self.weight is None else self.weight.dtype)
        mean, inv_std, own = self.statistics(rows)
        self.cache = RowNormCache(x, mean, inv_std, own)
        y = standardize(rows, mean, inv_std).reshape(x.shape)
        if self.weight is not None:
            y *= self.spread(self.weight.data, x.shape)
        if self.bias is not None:
            y += self.spread(self.bias.data, x.shape)
        return y

    def backward(self, grad_out: Array) -> Array | None:
        x, mean, _, _ = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        grad = as_dtype(grad_out, mean.dtype)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += self._gathered(grad, self.bias)
        if self.weight is not None and self.weight.requires_grad:
            self.weight.grad += self._gathered(grad * self._x_hat(), self.weight)
        return as_dtype(self._along(self._weighted(grad)), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, mean, _, _ = self.point()
        x_dot = None if x_dot is None else as_dtype(x_dot, mean.dtype)
        x_hat_dot = None if x_dot is None else self._along(x_dot)
        self.tangent = RowNormTangent(x_dot, x_hat_dot)
        weight_dot, bias_dot = self._dots(x.shape)
        return total(None if x_hat_dot is None else self._weighted(x_hat_dot),
                     None if weight_dot is None else self._x_hat() * weight_dot,
                     None if bias_dot is None else np.broadcast_to(bias_dot, x.shape))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        x_dot, x_hat_dot = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, _, inv_std, own = self.saved()
        x_hat = self._x_hat()
        terms = ((self.bias, grad_out_dot, np.ones_like(x_hat)), (self.weight, grad_out_dot, x_hat),
                 (self.weight, grad_out, x_hat_dot))
        for parameter, left, right in terms:
            if parameter is not None and parameter.requires_grad and left is not None and right is not None:
                parameter.grad_dot += self._gathered(left * right, parameter)
        weight_dot, _ = self._dots(x.shape)
        moved = total(None if grad_out_dot is None else self._weighted(grad_out_dot),
                      None if weight_dot is None else grad_out * weight_dot)
        grad_x_dot = None if moved is None else self._along(moved)
        if own and x_dot is not None and grad_x is not None:    # x_hat and inv_std move along x_dot
            grad_hat = self._weighted(grad_out)
            bend = x_hat_dot * self._mean(grad_hat * x_hat) + x_hat * self._mean(grad_hat * x_hat_dot)
            stretch = grad_x * self._mean(x_hat * x_dot)
            grad_x_dot = total(grad_x_dot, -(self._as_rows(bend + stretch, x_hat.dtype) * inv_std).reshape(x.shape))
        return grad_x, None if grad_x_dot is None else as_dtype(grad_x_dot, x.dtype)

    def describe(self, *x_shapes: Shape) -> Description:
        """The input is kept, and the statistics of every row."""
        (x_shape,) = x_shapes
        self.check(x_shape)
        count = self.rows(x_shape)
        return self.description(x_shape, multiply_adds=prod(x_shape), field=None, kept=(
            Kept("x0", prod(x_shape)), Kept("mean", count), Kept("inv_std", count)))

    def _as_rows(self, values: Array, dtype: npt.DTypeLike) -> Array:
        """Return values as (1, rows, values of a row): to the kernels, channels of a batch of one."""
        count = self.rows(values.shape)
        return as_dtype(values, dtype).reshape(1, count, values.size // max(1, count))

    def statistics(self, rows: Array) -> tuple[Array, Array, bool]:
        """Return what rows (1, rows, values) are standardised by, and whether it comes from them."""
        if self.centered:
            mean, var = moments(rows)
        else:
            mean, var = np.zeros((rows.shape[1], 1), rows.dtype), np.einsum("ncl,ncl->c", rows, rows)[:, None]
            var /= rows.shape[2]
        eps = np.finfo(rows.dtype).eps if self.eps is None else self.eps
        return mean, 1 / np.sqrt(var + float(eps)), True

    def _x_hat(self) -> Array:
        x, mean, inv_std, _ = self.point()
        return standardize(self._as_rows(x, mean.dtype), mean, inv_std).reshape(x.shape)

    def _along(self, values: Array) -> Array:
        """Return the derivative of ``x_hat`` along ``values``; as it is symmetric, also its adjoint applied to them."""
        x, mean, inv_std, own = self.point()
        rows, values = self._as_rows(x, mean.dtype), self._as_rows(values, mean.dtype)
        if not own:
            return np.asarray(values * inv_std).reshape(x.shape)
        plain, product = inner_sums(values, rows, mean, inv_std)
        sums = (plain if self.centered else np.zeros_like(plain), product)
        return project(values, rows, mean, inv_std, inv_std, sums).reshape(x.shape)

    def _weighted(self, values: Array) -> Array:
        return values if self.weight is None else values * self.spread(self.weight.data, values.shape)

    def _gathered(self, values: Array, parameter: Parameter) -> Array:
        """Sum up what belongs to one value of a parameter: the adjoint of ``spread``."""
        return unbroadcast(values, self.spread(parameter.data, values.shape).shape).reshape(parameter.shape)

    def _mean(self, values: Array) -> Array:
        rows = self._as_rows(values, values.dtype)
        return np.broadcast_to(rows.mean(axis=2, keepdims=True), rows.shape).reshape(values.shape)

    def _dots(self, x_shape: Shape) -> tuple[Array | None, Array | None]:
        weight_dot, bias_dot = (None if parameter is None or parameter.dot is None
                                else self.spread(parameter.dot, x_shape) for parameter in (self.weight, self.bias))
        return weight_dot, bias_dot
