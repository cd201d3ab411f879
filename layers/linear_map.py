"""Linear maps without parameters: the backward pass is the adjoint, the tangent the map itself."""

from typing import NamedTuple

import numpy as np

from .core import Array, Description, Field, Layer, Shape, as_dtype, check_shape

__all__ = ["LinearMap", "LinearMapCache"]


class LinearMapCache(NamedTuple):
    """All that an adjoint needs to know of the input."""

    x_shape: Shape
    dtype: np.dtype[np.generic]


class LinearMap(Layer):
    """A linear map ``y = A x`` of one array, given as ``apply`` (A) and ``adjoint`` (A transposed).

    A subclass writes the two, and ``output_shape``, which also judges the input's shape. The map must not depend on
    anything but the input's shape and the layer's options.

    Gradients:
        grad_x = A.T grad_out, by definition ⟨A x, grad_out⟩ = ⟨x, A.T grad_out⟩

    Source: Griewank & Walther 2008, section 3.2 (adjoints of linear steps).
    """

    locally_linear = True
    views = False       # whether apply returns the input's own memory

    def apply(self, x: Array) -> Array:
        """Return ``A x``."""
        raise NotImplementedError(f"{type(self).__name__}.apply")

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        """Return ``A.T grad_out``, an array of ``x_shape``."""
        raise NotImplementedError(f"{type(self).__name__}.adjoint")

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        raise NotImplementedError(f"{type(self).__name__}.output_shape")

    def work(self, x_shape: Shape) -> int:
        """Return the multiply-adds of ``apply``; moving data is free."""
        return 0

    def window(self, x_shape: Shape) -> Field:
        """Return receptive field and stride per spatial axis; pointwise unless told otherwise."""
        return ()

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        self.output_shape(x.shape)
        self.cache = LinearMapCache(x.shape, x.dtype)
        return self.apply(x)

    def backward(self, grad_out: Array) -> Array | None:
        x_shape, dtype = self.saved()
        check_shape(grad_out, self.output_shape(x_shape), name="grad_out", owner=self)
        return as_dtype(self.adjoint(grad_out, x_shape), dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        self.point()
        self.tangent = ()
        return None if x_dot is None else self.apply(x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """Nothing is kept but a shape."""
        (x_shape,) = x_shapes
        return self.description(self.output_shape(x_shape), multiply_adds=self.work(x_shape),
                                field=self.window(x_shape), views=(0,) if self.views else ())
