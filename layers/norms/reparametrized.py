"""A layer whose weight is computed from other parameters before every call."""

from typing import Any, NamedTuple

from ..core import (
    Array,
    Buffer,
    Description,
    DtypeError,
    Entry,
    Kept,
    Layer,
    Parameter,
    Shape,
    UnknownNameError,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    members,
)

__all__ = ["Reparametrized", "ReparametrizedCache"]


class ReparametrizedCache(NamedTuple):
    """The call of the layer, the weight it was made with, and what the way back to its origins needs."""

    entry: Entry
    weight: Parameter
    origin: Any


class ReparametrizedTangent(NamedTuple):
    """What the layer keeps of a direction, the tangent of the weight, and those of what it was computed from."""

    inner: Any
    weight_dot: Array
    origin: Any


class Reparametrized(Layer):
    """A layer whose parameter ``name`` is computed from parameters of this wrapper, anew for every call.

    A subclass writes ``compute``, which returns the weight and what ``compute_backward`` needs to turn its gradient
    into those of the wrapper's parameters. The layer's other parameters are also the wrapper's, under their names.

    Source: Salimans & Kingma 2016, section 2; the chain rule through the weight.
    """

    def __init__(self, layer: Layer, name: str) -> None:
        if not isinstance(layer, Layer):
            raise DtypeError(f"{type(self).__name__} expected a Layer, got {layer!r}")
        own = dict(members(layer, Parameter))
        if name not in own:
            raise UnknownNameError.of(f"parameter of {layer.title}", name, own)
        self._layer = layer             # underscored: its weight is computed, so not to be found by walking
        self.name = name
        for other, value in [*own.items(), *members(layer, Buffer)]:
            if other != name:
                setattr(self, other, value)

    def compute(self) -> tuple[Array, Any]:
        """Return the weight, and what ``compute_backward`` needs."""
        raise NotImplementedError(f"{type(self).__name__}.compute")

    def compute_backward(self, grad_weight: Array, origin: Any) -> None:
        """Add to the gradients of the parameters that the weight was computed from."""
        raise NotImplementedError(f"{type(self).__name__}.compute_backward")

    def forward(self, *x: Any) -> Any:
        values, origin = self.compute()
        weight = Parameter(values, dtype=values.dtype)
        self._layer.training = self.training
        setattr(self._layer, self.name, weight)
        y, entry = call(self._layer, *x, at=(self, "layer"))
        self.cache = ReparametrizedCache(entry, weight, origin)
        return y

    def backward(self, grad_out: Any) -> Any:
        entry, weight, origin = self.saved()
        weight.zero_grad()
        setattr(self._layer, self.name, weight)
        grad_x = call_back(self._layer, entry, grad_out, needs_input_grad=self.needs_input_grad, at=(self, "layer"))
        self.compute_backward(weight.grad, origin)
        return grad_x

    def compute_jvp(self, origin: Any) -> tuple[Array, Any]:
        """Return the tangent of the weight, and what ``compute_backward_jvp`` needs."""
        raise NotImplementedError(f"{type(self).__name__}.compute_jvp")

    def compute_backward_jvp(self, grad_weight: Array, grad_weight_dot: Array, origin: Any, origin_dot: Any) -> None:
        """Add to the tangents of the gradients of the parameters that the weight was computed from."""
        raise NotImplementedError(f"{type(self).__name__}.compute_backward_jvp")

    def jvp(self, *x_dot: Any) -> Any:
        entry, weight, origin = self.point()
        weight.dot, origin_dot = self.compute_jvp(origin)
        setattr(self._layer, self.name, weight)
        y_dot, inner = call_jvp(self._layer, entry, *x_dot, at=(self, "layer"))
        self.tangent = ReparametrizedTangent(inner, weight.dot, origin_dot)
        return y_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        (entry, weight, origin), (inner, weight_dot, origin_dot) = self.saved(), self.saved_tangent()
        weight.zero_grad()
        weight.dot = weight_dot
        setattr(self._layer, self.name, weight)
        pair = call_back_jvp(self._layer, entry, inner, grad_out, grad_out_dot, at=(self, "layer"))
        self.compute_backward(weight.grad, origin)
        self.compute_backward_jvp(weight.grad, weight.grad_dot, origin, origin_dot)
        return pair

    def origin_kept(self) -> tuple[Kept, ...]:
        """Return what ``compute`` keeps for the way back."""
        raise NotImplementedError(f"{type(self).__name__}.origin_kept")

    def describe(self, *x_shapes: Shape) -> Description:
        """As the layer, and what the weight was computed from."""
        inner = self._layer.describe(*x_shapes)
        return self.description(*inner.y_shapes, multiply_adds=inner.multiply_adds, field=inner.field,
                                views=inner.views, kept=(*inner.kept, *self.origin_kept()))

    @property
    def title(self) -> str:
        """The wrapper around the layer, as errors name it."""
        return f"{type(self).__name__}({self._layer.title})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._layer!r})"
