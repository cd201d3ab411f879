"""Affine map of the last axis: ``y = x @ weight.T + bias``."""

import math

import numpy as np

from .core import (
    Array,
    Description,
    Kept,
    Layer,
    Parameter,
    Shape,
    Size,
    as_dtype,
    check_shape,
    check_size,
    default_rng,
    total,
)
from .kernels import add_grad, add_matmul, matmul

__all__ = ["Linear"]


class Linear(Layer):
    """Affine map of the last axis, ``y = x @ weight.T + bias``.

    Shapes:
        x:      (..., in_features)
        weight: (out_features, in_features)
        bias:   (out_features,)
        y:      (..., out_features)

    Gradients:
        grad_x      = grad_out @ weight                                  (BP2, without the slope)
        grad_weight = grad_out.T @ x, summed over the leading axes       (BP4)
        grad_bias   = grad_out, summed over the leading axes             (BP3)

    Cost: in_features * out_features multiply-adds per row, twice that backward; keeps ``x``.

    Source: Goodfellow et al. 2016, algorithm 6.4; initial values as in torch.nn.Linear.

    Example:
        >>> Linear(3, 2).forward(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    locally_linear = True

    def __init__(self, in_features: Size, out_features: Size, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        self.in_features = check_size(in_features, "in_features", "Linear")
        self.out_features = check_size(out_features, "out_features", "Linear")
        bound = 1 / math.sqrt(in_features)
        draw = default_rng(rng).uniform
        self.weight = Parameter(draw(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(draw(-bound, bound, out_features)) if bias else None

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., self.in_features), name="x", owner=self)
        self.cache = x
        return matmul(x, self.weight.data.T, None if self.bias is None else self.bias.data)

    def backward(self, grad_out: Array) -> Array | None:
        x = self.saved()
        check_shape(grad_out, (*x.shape[:-1], self.out_features), name="grad_out", owner=self)
        rows, grad_rows = x.reshape(-1, self.in_features), grad_out.reshape(-1, self.out_features)
        if self.weight.requires_grad:
            add_grad(self.weight, grad_rows.T, rows)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_rows.sum(axis=0)
        return as_dtype(matmul(grad_out, self.weight.data), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, weight_dot = self.point(), self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        return total(None if x_dot is None else x_dot @ self.weight.data.T,
                     None if weight_dot is None else x @ weight_dot.T,
                     None if bias_dot is None else np.broadcast_to(bias_dot, (*x.shape[:-1], self.out_features)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, weight_dot = self.saved(), self.weight.dot
        for left, right in ((grad_out_dot, x), (grad_out, x_dot)):
            if self.weight.requires_grad and left is not None and right is not None:
                add_matmul(self.weight.grad_dot, left.reshape(-1, self.out_features).T,
                           right.reshape(-1, self.in_features))
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += grad_out_dot.reshape(-1, self.out_features).sum(axis=0)
        return grad_x, total(None if grad_out_dot is None else grad_out_dot @ self.weight.data,
                             None if weight_dot is None else grad_out @ weight_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """One product; every output sees all of ``x``."""
        (x_shape,) = x_shapes
        check_shape(x_shape, (..., self.in_features), name="x", owner=self)
        return self.description((*x_shape[:-1], self.out_features), kept=(Kept("x0", math.prod(x_shape)),),
                                multiply_adds=math.prod(x_shape) * self.out_features, field=None)

    def hint(self, name: str, shape: Shape) -> str:
        """A picture that only needs flattening has the right number of values."""
        return "put Flatten() before it" if math.prod(shape[1:]) == self.in_features else ""
