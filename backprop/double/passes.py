"""The passes of double backpropagation: the gradient of a price on the input's gradient."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...layers import Linear
from ...layers.conv import ConvNd
from ...layers.core import (
    Entry,
    Layer,
    Observer,
    Parameter,
    ValueRangeError,
    call_back,
    call_back_jvp,
    call_jvp,
    members,
    observe,
)
from ...training.modes import frozen, standing
from .locally_linear import bent_layer

__all__ = ["Price", "double_backward", "input_gradient"]

Price = Callable[[Any], tuple[float, Any]]      # of a gradient: its price, and the price's own gradient


def input_gradient(model: Layer, grad_out: Any) -> Any:
    """Return ``J.T @ grad_out``, the gradient of the input at the last forward; parameters are left alone.

    Example:
        >>> from chainrule.backprop import input_gradient
        >>> model = Linear(3, 2)
        >>> y = model.forward(np.zeros((1, 3), np.float32))
        >>> bool((input_gradient(model, np.array([[1.0, 0.0]], np.float32)) == model.weight.data[0]).all())
        True
    """
    with frozen(model):
        return call_back(model, Entry(model, model.point()), grad_out)


def double_backward(model: Layer, grad_out: Any, price: Price, *, curvature: Callable[[Any], Any] | None = None,
                    shortcut: bool | None = None) -> float:
    """Add the gradient of ``price(J.T @ grad_out)`` to those of the parameters, at the last forward; return the price.

    ``price`` returns the price of the input's gradient and the direction in which it rises fastest, ``v``. The
    gradient is that of ``<v, J.T @ grad_out>``, which is the derivative along ``v`` of the ordinary gradient: one
    ``jvp`` and one ``backward_jvp``. Where ``grad_out`` itself is a gradient, of a loss, ``curvature`` is that
    loss's ``hvp``.

    In a locally linear network the way back does not bend: of ``backward_jvp`` only the products of the first way
    back and the tangents remain, one for each weight (and an ordinary ``backward``, with ``curvature``). This
    shortcut is taken where it holds; ``shortcut=False`` goes the general way, True insists.

    Raises: ValueRangeError for ``shortcut=True`` in a network with a layer that bends.

    Source: Drucker & LeCun 1992, "Improving generalization performance using double backpropagation"; Etmann 2019,
    "A closer look at double backpropagation".
    """
    bent = bent_layer(model) if shortcut is not False else ""
    if shortcut and bent is not None:
        raise ValueRangeError(f"double_backward expected a locally linear network for shortcut=True, got {bent}; "
                              f"leave shortcut away, and the general way is taken")
    at, calls = Entry(model, model.point()), _Calls()
    with frozen(model), observe(calls):
        grad_x = call_back(model, at, grad_out)
    value, direction = price(grad_x)
    with standing(model):
        with observe(calls):
            y_dot, tangent = call_jvp(model, at, direction)
        grad_out_dot = None if curvature is None else curvature(y_dot)
        if bent is None:
            calls.add_products()
            if grad_out_dot is not None:
                call_back(model, at, grad_out_dot, needs_input_grad=False)
        else:
            _add_tangent(model, at, tangent, grad_out, grad_out_dot)
    return value


class _Call(NamedTuple):
    """A call of a layer with parameters: its cache, and what the two passes brought there."""

    entry: Entry
    grad_out: Any
    x_dot: tuple[Any, ...]


class _Calls(Observer):
    """Collects, for every call of a layer with parameters of its own, its ``grad_out`` and then its ``x_dot``."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, ...], _Call] = {}

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Any, grad_x: Any) -> None:
        if any(True for _ in members(layer, Parameter)):
            self.found[path] = _Call(Entry(layer, layer.cache), grad_out, ())

    def after_jvp(self, path: tuple[str, ...], layer: Layer, x_dot: tuple[Any, ...], y_dot: Any) -> None:
        if path in self.found:
            self.found[path] = self.found[path]._replace(x_dot=x_dot)

    def add_products(self) -> None:
        """Add to the parameters' gradients what the first way back and the tangents make of each layer."""
        for entry, grad_out, x_dot in self.found.values():
            if any(dot is not None for dot in x_dot):
                _add_product(entry, grad_out, x_dot)


def _add_product(entry: Entry, grad_out: Any, x_dot: tuple[Any, ...]) -> None:
    layer = entry.layer
    if isinstance(layer, (Linear, ConvNd)):     # their weight's gradient is linear in the input, which is all they keep
        with frozen(layer):
            layer.weight.requires_grad = True
            call_back(layer, Entry(layer, x_dot[0]), grad_out, needs_input_grad=False)
    else:
        _, tangent = call_jvp(layer, entry, *x_dot)
        _add_tangent(layer, entry, tangent, grad_out, None)


def _add_tangent(layer: Layer, entry: Entry, tangent: Any, grad_out: Any, grad_out_dot: Any) -> None:
    """Add what ``backward_jvp`` adds to ``grad_dot`` to the gradients, and nothing else."""
    learning = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    before = [parameter.grad.copy() for parameter in learning]
    for parameter in learning:
        parameter.grad_dot = np.zeros_like(parameter.data)
    call_back_jvp(layer, entry, tangent, grad_out, grad_out_dot)
    for parameter, grad in zip(learning, before, strict=True):
        parameter.grad = grad + parameter.grad_dot
