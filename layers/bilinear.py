"""Bilinear map of two inputs: one matrix for every output."""

import math
from typing import Any, NamedTuple

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

__all__ = ["Bilinear"]


class BilinearCache(NamedTuple):
    """Both inputs."""

    x1: Array
    x2: Array


class Bilinear(Layer):
    """Bilinear map, ``y[o] = x1 @ weight[o] @ x2 + bias[o]``.

    Shapes:
        x1:     (..., in1_features)
        x2:     (..., in2_features)
        weight: (out_features, in1_features, in2_features)
        bias:   (out_features,)
        y:      (..., out_features)

    Gradients:
        grad_x1        = sum over o of grad_out[o] * (weight[o] @ x2)
        grad_x2        = sum over o of grad_out[o] * (x1 @ weight[o])
        grad_weight[o] = grad_out[o] * outer(x1, x2), summed over the leading axes
        grad_bias      = grad_out, summed over the leading axes

    Cost: out·in1·in2 multiply-adds per row, three times that backward; keeps both inputs.

    Source: torch.nn.Bilinear; Tenenbaum & Freeman 2000.

    Example:
        >>> Bilinear(3, 4, 2).forward(np.ones((5, 3), np.float32), np.ones((5, 4), np.float32)).shape
        (5, 2)
    """

    def __init__(self, in1_features: Size, in2_features: Size, out_features: Size, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        self.in1_features = check_size(in1_features, "in1_features", "Bilinear")
        self.in2_features = check_size(in2_features, "in2_features", "Bilinear")
        self.out_features = check_size(out_features, "out_features", "Bilinear")
        bound = 1 / math.sqrt(in1_features)
        draw = default_rng(rng).uniform
        self.weight = Parameter(draw(-bound, bound, (out_features, in1_features, in2_features)))
        self.bias = Parameter(draw(-bound, bound, out_features)) if bias else None

    def forward(self, x1: Array, x2: Array) -> Array:
        self._check(x1, x2)
        self.cache = BilinearCache(x1, x2)
        y = self._product(x1, x2, self.weight.data)
        return y if self.bias is None else y + self.bias.data

    def backward(self, grad_out: Array) -> tuple[Array, Array] | None:
        x1, x2 = self.saved()
        check_shape(grad_out, (*x1.shape[:-1], self.out_features), name="grad_out", owner=self)
        if self.weight.requires_grad:
            self.weight.grad += self._outer(grad_out, x1, x2)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_out.reshape(-1, self.out_features).sum(axis=0)
        if not self.needs_input_grad:
            return None
        grad_x1, grad_x2 = self._to_inputs(grad_out, x1, x2, self.weight.data)
        return as_dtype(grad_x1, x1.dtype), as_dtype(grad_x2, x2.dtype)

    def jvp(self, x1_dot: Array | None, x2_dot: Array | None) -> Array | None:
        x1, x2 = self.point()
        self.tangent = (x1_dot, x2_dot)
        weight, weight_dot = self.weight.data, self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        return total(None if x1_dot is None else self._product(x1_dot, x2, weight),
                     None if x2_dot is None else self._product(x1, x2_dot, weight),
                     None if weight_dot is None else self._product(x1, x2, weight_dot),
                     None if bias_dot is None else np.broadcast_to(bias_dot, (*x1.shape[:-1], self.out_features)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        grads, (x1, x2) = self.backward(grad_out), self.saved()
        x1_dot, x2_dot = (np.zeros_like(x) if dot is None else dot
                          for x, dot in zip((x1, x2), self.saved_tangent(), strict=True))
        grad_dot = np.zeros_like(grad_out) if grad_out_dot is None else grad_out_dot
        weight = self.weight.data
        weight_dot = np.zeros_like(weight) if self.weight.dot is None else self.weight.dot
        if self.weight.requires_grad:
            self.weight.grad_dot += (self._outer(grad_dot, x1, x2) + self._outer(grad_out, x1_dot, x2)
                                     + self._outer(grad_out, x1, x2_dot))
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad_dot += grad_dot.reshape(-1, self.out_features).sum(axis=0)
        terms = (self._to_inputs(grad_dot, x1, x2, weight), self._to_inputs(grad_out, x1, x2, weight_dot),
                 self._to_inputs(grad_out, x1_dot, x2_dot, weight))
        return grads, tuple(total(*parts) for parts in zip(*terms, strict=True))

    def describe(self, *x_shapes: Shape) -> Description:
        """One product with the weight, one with the second input."""
        x1_shape, x2_shape = x_shapes
        self._check(x1_shape, x2_shape)
        rows = math.prod(x1_shape[:-1])
        return self.description((*x1_shape[:-1], self.out_features), field=None,
                                multiply_adds=rows * self.out_features * self.in1_features * self.in2_features,
                                kept=(Kept("x0", math.prod(x1_shape)), Kept("x1", math.prod(x2_shape))))

    def _check(self, x1: Array | Shape, x2: Array | Shape) -> None:
        check_shape(x1, (..., self.in1_features), name="x1", owner=self)
        lead = x1[:-1] if isinstance(x1, tuple) else x1.shape[:-1]
        check_shape(x2, (*lead, self.in2_features), name="x2", owner=self)

    def _product(self, x1: Array, x2: Array, weight: Array) -> Array:
        # (..., i) · (o, i, j) -> (..., o, j), then the second input
        return np.asarray(np.einsum("...oj,...j->...o", np.tensordot(as_dtype(x1, weight.dtype), weight, (-1, 1)),
                                    as_dtype(x2, weight.dtype)))

    def _to_inputs(self, grad: Array, x1: Array, x2: Array, weight: Array) -> tuple[Array, Array]:
        return (np.asarray(np.einsum("...o,...oi->...i", grad, np.tensordot(x2, weight, (-1, 2)))),
                np.asarray(np.einsum("...o,...oj->...j", grad, np.tensordot(x1, weight, (-1, 1)))))

    def _outer(self, grad: Array, x1: Array, x2: Array) -> Array:
        rows = (values.reshape(-1, values.shape[-1]) for values in (grad, x1, x2))
        return np.asarray(np.einsum("no,ni,nj->oij", *rows, optimize=True))
