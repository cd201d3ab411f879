"""An affine map back through the transposed weight of another one."""

from math import prod

import numpy as np

from .core import Array, Description, DtypeError, Kept, Layer, Parameter, Shape, as_dtype, check_shape, total
from .kernels import add_grad, add_matmul, matmul
from .linear import Linear

__all__ = ["TiedLinear"]


class TiedLinear(Layer):
    """Affine map through the transposed weight of ``linear``, ``y = x @ weight + bias``: a shared parameter.

    The weight is one Parameter of both layers: it is trained once, and the gradients of both uses add up in it.

    Shapes:
        x:      (..., linear.out_features)
        weight: (linear.out_features, linear.in_features), that of ``linear``
        bias:   (linear.in_features,), its own
        y:      (..., linear.in_features)

    Gradients:
        grad_x      = grad_out @ weight.T
        grad_weight = x.T @ grad_out, summed over the leading axes
        grad_bias   = grad_out, summed over the leading axes

    Cost: as Linear; keeps ``x``.

    Source: Vincent, Larochelle, Lajoie, Bengio & Manzagol 2010 (tied weights of autoencoders).

    Example:
        >>> encoder = Linear(5, 2)
        >>> TiedLinear(encoder).forward(encoder.forward(np.ones((4, 5), np.float32))).shape
        (4, 5)
    """

    locally_linear = True

    def __init__(self, linear: Linear, bias: bool = True) -> None:
        if not isinstance(linear, Linear):
            raise DtypeError(f"TiedLinear expected a Linear to share the weight of, got {linear!r}")
        self._linear = linear           # underscored: the other layer is not a part of this one, its weight is
        self.weight = linear.weight
        self.bias = Parameter(np.zeros(linear.in_features), dtype=linear.weight.dtype) if bias else None

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., self.weight.shape[0]), name="x", owner=self)
        self.cache = x
        return matmul(x, self.weight.data, None if self.bias is None else self.bias.data)

    def backward(self, grad_out: Array) -> Array | None:
        x = self.saved()
        inputs, outputs = self.weight.shape
        check_shape(grad_out, (*x.shape[:-1], outputs), name="grad_out", owner=self)
        grad_rows = grad_out.reshape(-1, outputs)
        if self.weight.requires_grad:
            add_grad(self.weight, x.reshape(-1, inputs).T, grad_rows)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_rows.sum(axis=0)
        return as_dtype(matmul(grad_out, self.weight.data.T), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, weight_dot = self.point(), self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        return total(None if x_dot is None else x_dot @ self.weight.data,
                     None if weight_dot is None else x @ weight_dot,
                     None if bias_dot is None else np.broadcast_to(bias_dot, (*x.shape[:-1], self.weight.shape[1])))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        grad_x, x = self.backward(grad_out), self.saved()
        inputs, outputs = self.weight.shape
        for left, right in ((x, grad_out_dot), (x_dot, grad_out)):
            if self.weight.requires_grad and left is not None and right is not None:
                add_matmul(self.weight.grad_dot, left.reshape(-1, inputs).T, right.reshape(-1, outputs))
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += grad_out_dot.reshape(-1, outputs).sum(axis=0)
        return grad_x, total(None if grad_out_dot is None else grad_out_dot @ self.weight.data.T,
                             None if self.weight.dot is None else grad_out @ self.weight.dot.T)

    def describe(self, *x_shapes: Shape) -> Description:
        """One product; every output sees all of ``x``."""
        (x_shape,) = x_shapes
        check_shape(x_shape, (..., self.weight.shape[0]), name="x", owner=self)
        return self.description((*x_shape[:-1], self.weight.shape[1]), kept=(Kept("x0", prod(x_shape)),), field=None,
                                multiply_adds=prod(x_shape) * self.weight.shape[1])
