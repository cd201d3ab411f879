"""The rectifier whose leak is drawn at random in training."""

from math import prod

import numpy as np

from ..core import Array, Description, Kept, Layer, Shape, ValueRangeError, as_dtype, check_shape, default_rng

__all__ = ["RReLU"]


class RReLU(Layer):
    """Rectifier with a random leak, ``y = slope * x``: slope 1 where ``x > 0``, else drawn from [lower, upper].

    In evaluation the leak is the middle of the interval.

    Gradients:
        grad_x = grad_out * slope, with the slopes of the forward pass

    Cost: one random number a value in training; keeps the slopes.

    Raises: ValueRangeError unless lower <= upper.

    Source: Xu, Wang, Chen & Li 2015.

    Example:
        >>> RReLU().eval().forward(np.array([-48.0, 3.0])).tolist()
        [-11.0, 3.0]
    """

    locally_linear = True

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, *, rng: np.random.Generator | None = None) -> None:
        if not lower <= upper:
            raise ValueRangeError(f"RReLU expected lower <= upper, got {lower} and {upper}")
        self.lower = lower
        self.upper = upper
        self.rng = rng

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        leak = default_rng(self.rng).uniform(self.lower, self.upper, x.shape) if self.training \
            else (self.lower + self.upper) / 2
        self.cache = as_dtype(np.where(x > 0, 1.0, leak), x.dtype)
        return np.asarray(self.cache * x)

    def backward(self, grad_out: Array) -> Array | None:
        slope = self.saved()
        check_shape(grad_out, slope.shape, name="grad_out", owner=self)
        return as_dtype(grad_out * slope, slope.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        self.tangent = ()
        return None if x_dot is None else x_dot * self.point()

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """The slopes are kept."""
        (x_shape,) = x_shapes
        return self.description(x_shape, kept=(Kept("slope", prod(x_shape)),))
