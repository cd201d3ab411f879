"""Layers that take sparse rows, in the battery: the stored values are what can move."""

from typing import Any

from ..layers.core import (
    Array,
    Description,
    Layer,
    Shape,
    call,
    call_back,
    call_back_jvp,
    call_describe,
    call_jvp,
    check_shape,
)
from ..layers.sparse_rows import with_values

__all__ = ["StoredValues"]


class StoredValues(Layer):
    """A layer with one sparse input, as a function of the values stored in it: ``y = layer(csr(values))``.

    Zeros that are not stored are no variables, so a gradient has the structure of the input, and is an array again.

    Gradients:
        grad_values = layer.backward(grad_out).data
    """

    def __init__(self, layer: Layer, rows: Any) -> None:
        self.layer = layer
        self._rows = rows.tocsr()

    @property
    def values(self) -> Array:
        """The values as they were given."""
        stored: Array = self._rows.data
        return stored

    def forward(self, values: Array) -> Any:
        check_shape(values, self.values.shape, name="values", owner=self)
        y, self.cache = call(self.layer, self._with(values), at=(self, "layer"))
        return y

    def backward(self, grad_out: Any) -> Array | None:
        grad_x = call_back(self.layer, self.saved(), grad_out, needs_input_grad=self.needs_input_grad,
                           at=(self, "layer"))
        return None if grad_x is None else grad_x.data

    def jvp(self, values_dot: Array | None) -> Any:
        y_dot, self.tangent = call_jvp(self.layer, self.point(), self._with(values_dot), at=(self, "layer"))
        return y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Array | None, Array | None]:
        found = call_back_jvp(self.layer, self.saved(), self.saved_tangent(), grad_out, grad_out_dot,
                              at=(self, "layer"))
        grad_x, grad_x_dot = (None if part is None else part.data for part in found)
        return grad_x, grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """As the layer says of the whole array."""
        (shape,) = x_shapes
        check_shape(shape, self.values.shape, name="values", owner=self)
        return call_describe(self.layer, self._rows.shape, at=(self, "layer"))[0]

    def _with(self, values: Array | None) -> Any:
        return None if values is None else with_values(self._rows, values)
