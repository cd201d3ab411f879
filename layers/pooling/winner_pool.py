"""Pools whose outputs each are one value of the input: forward finds the winners, backward routes to them."""

from math import prod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..core import Array, Description, Field, Kept, Layer, Shape, ShapeError, as_dtype, check_shape
from ..kernels import place_pick, place_route

__all__ = ["WinnerPool", "WinnerPoolCache"]


class WinnerPoolCache(NamedTuple):
    """Which value won for every output, and what the way back needs to know of the input."""

    winners: Array
    x_shape: Shape
    dtype: np.dtype[np.generic]


class WinnerPool(Layer):
    """A pool that picks, ``y = x[winners]``; a subclass writes ``output_shape`` and ``find``.

    Winners are places in the flattened spatial axes, unless ``pick``, ``route`` and ``places`` say otherwise. With
    ``return_indices`` the output is ``(y, indices)``, and ``grad_out`` is ``(grad_y, None)``.

    Gradients:
        grad_x = grad_out at the values that won, summed where one won several times, and zero elsewhere

    Source: Goodfellow et al. 2016, section 9.3; the winners of torch.nn, the first of equals.
    """

    axes: ClassVar[int]
    locally_linear = True       # given the winners
    return_indices: bool = False

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        raise NotImplementedError(f"{type(self).__name__}.output_shape")

    def find(self, x: Array, y_shape: Shape) -> tuple[Array, Array]:
        """Return the output and the winners."""
        raise NotImplementedError(f"{type(self).__name__}.find")

    def spatial_axes(self, x_shape: Shape) -> int:
        """Return how many axes are spatial."""
        return self.axes

    def pick(self, x: Array, winners: Array) -> Array:
        """Return what ``x`` has where the winners are."""
        return place_pick(x, winners, self.spatial_axes(x.shape))

    def route(self, grad_out: Array, winners: Array, x_shape: Shape) -> Array:
        """Return ``grad_out`` added up where the winners are: the adjoint of ``pick``."""
        return place_route(grad_out, winners, x_shape, self.spatial_axes(x_shape))

    def places(self, winners: Array, x_shape: Shape) -> Array:
        """Return the places of the winners in the flattened spatial axes."""
        return winners

    def width(self) -> int:
        """Return the bytes that a winner takes."""
        return 8

    def window(self) -> Field:
        """Return receptive field and stride along each spatial axis, None if windows differ."""
        return None

    def forward(self, x: Array) -> Any:
        check_shape(x, (...,), name="x", owner=self)
        y, winners = self.find(x, self.output_shape(x.shape))
        self.cache = WinnerPoolCache(winners, x.shape, x.dtype)
        return (y, self.places(winners, x.shape)) if self.return_indices else y

    def backward(self, grad_out: Any) -> Array | None:
        winners, x_shape, dtype = self.saved()
        grad_y = self._of_y(grad_out)
        if grad_y is None:
            return None
        check_shape(grad_y, winners.shape, name="grad_out", owner=self)
        return as_dtype(self.route(grad_y, winners, x_shape), dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Any:
        winners = self.point().winners
        self.tangent = ()
        y_dot = None if x_dot is None else self.pick(x_dot, winners)
        return (y_dot, None) if self.return_indices else y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        return self.backward(grad_out), None if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """Only the winners are kept."""
        (x_shape,) = x_shapes
        y_shape = self.output_shape(x_shape)
        return self.description(*(y_shape,) * (1 + self.return_indices), field=self.window(),
                                kept=(Kept("winners", prod(y_shape), self.width()),))

    def _of_y(self, grad_out: Any) -> Array | None:
        if self.return_indices and (not isinstance(grad_out, tuple) or len(grad_out) != 2):
            raise ShapeError(f"{self.title} expected grad_out as (grad_y, None), one for each output, "
                             f"got {type(grad_out).__name__}")
        grad_y: Array | None = grad_out[0] if self.return_indices else grad_out
        return grad_y
