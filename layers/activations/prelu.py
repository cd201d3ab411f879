"""The rectifier whose leak is learned."""

import numpy as np

from ..core import Array, Description, Kept, Layer, Parameter, Shape, Size, as_dtype, check_shape, check_size

__all__ = ["PReLU"]


class PReLU(Layer):
    """Rectifier with a learned leak, ``y = x`` where ``x > 0``, else ``weight * x``.

    Shapes:
        x, y:   (N, C, …), channels in axis 1
        weight: (num_parameters,), which is 1 or C

    Gradients:
        grad_x      = grad_out * (1 where x > 0, else weight)
        grad_weight = grad_out * min(x, 0), summed over everything that shares the weight

    Cost: keeps ``x``.

    Source: He, Zhang, Ren & Sun 2015, equation 1.

    Example:
        >>> PReLU().forward(np.array([[-2.0, 3.0]])).tolist()
        [[-0.5, 3.0]]
    """

    def __init__(self, num_parameters: Size = 1, init: float = 0.25) -> None:
        self.num_parameters = check_size(num_parameters, "num_parameters", "PReLU")
        self.init = init
        self.weight = Parameter(np.full(num_parameters, init))

    def forward(self, x: Array) -> Array:
        self._check(x)
        self.cache = x
        return as_dtype(np.where(x > 0, x, self._leak(self.weight.data, x) * x), self.weight.dtype)

    def backward(self, grad_out: Array) -> Array | None:
        x = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        if self.weight.requires_grad:
            self.weight.grad += self._shared(grad_out * np.minimum(x, 0))
        return as_dtype(grad_out * self._slope(x), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x = self.point()
        self.tangent = (x_dot,)
        y_dot = None if x_dot is None else x_dot * self._slope(x)
        if self.weight.dot is not None:
            moved = self._leak(self.weight.dot, x) * np.minimum(x, 0)
            y_dot = moved if y_dot is None else y_dot + moved
        return y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        x = self.saved()
        grad_x, grad_x_dot = self.backward(grad_out), np.zeros_like(x)
        weight_dot = np.zeros_like(x) if grad_out_dot is None else grad_out_dot * np.minimum(x, 0)
        if grad_out_dot is not None:
            grad_x_dot = grad_out_dot * self._slope(x)
        if x_dot is not None:
            weight_dot = weight_dot + grad_out * x_dot * (x <= 0)
        if self.weight.dot is not None:
            grad_x_dot = grad_x_dot + grad_out * self._leak(self.weight.dot, x) * (x <= 0)
        if self.weight.requires_grad:
            self.weight.grad_dot += self._shared(weight_dot)
        return grad_x, grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """The input is kept."""
        (x_shape,) = x_shapes
        self._check(x_shape)
        return self.description(x_shape, kept=(Kept("x0", int(np.prod(x_shape))),))

    def _check(self, x: Array | Shape) -> None:
        check_shape(x, (...,), name="x", owner=self)
        x_shape = x if isinstance(x, tuple) else x.shape
        if self.num_parameters > 1:
            check_shape(x_shape, ("N", self.num_parameters, *("L",) * (len(x_shape) - 2)), name="x", owner=self)

    def _leak(self, weight: Array, x: Array) -> Array:
        return weight.reshape(() if self.num_parameters == 1 else (-1, *(1,) * (x.ndim - 2)))

    def _slope(self, x: Array) -> Array:
        return np.where(x > 0, 1, self._leak(self.weight.data, x))

    def _shared(self, grad: Array) -> Array:
        if self.num_parameters == 1:
            return np.asarray(grad.sum()).reshape(1)
        return np.asarray(grad.sum(axis=(0, *range(2, grad.ndim))))
