"""A right backward for any forward: difference quotients in its place, slow and sure."""

from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Layer, flatten, get_rng_state, set_rng_state
from ...losses import Loss
from ..trial import copies, is_float, rebuilt

__all__ = ["with_differences"]

EPS = 1e-5


class _Point(NamedTuple):
    """Where forward ran: the layer as it was, its inputs, the state of the random numbers, slopes once asked for."""

    layer: Layer
    x: tuple[Any, ...]
    random_state: Any
    slopes: dict[str, Array]


def with_differences(layer: Layer) -> Layer:
    """Return a copy of a layer with the same forward, whose backward is what central differences of it say.

    For layers that draw random numbers in their own order, and for those of which no right version is known.
    """
    right = type(layer)
    twin = deepcopy(layer)
    twin.__class__ = type(right.__name__, (right,), {"forward": _forward(right), "backward": _backward})
    return twin


def _forward(right: type[Layer]) -> Any:
    def forward(self: Layer, *x: Any) -> Any:
        point = deepcopy(self)
        point.__class__ = right
        random_state = get_rng_state()
        y = right.forward(self, *x)
        self.cache = _Point(point, copies(x), random_state, {})
        return y
    return forward


def _backward(self: Layer, grad_out: Any = 1.0) -> Any:
    point: _Point = self.saved()
    upstream = [np.asarray(grad, float).ravel() for grad in flatten(grad_out) if grad is not None]
    own = (point.x[0],) if isinstance(point.layer, Loss) else point.x
    leaves = flatten(own)
    grads: list[Array | None] = []
    for index, leaf in enumerate(leaves):
        def moved(value: Array, index: int = index) -> Array:
            changed = [value if place == index else other for place, other in enumerate(leaves)]
            return _outputs(point, rebuilt(own, changed))
        grads.append(_product(point, f"x{index}", leaf, moved, upstream) if is_float(leaf) else None)
    for name, parameter in self.named_parameters():
        if parameter.requires_grad:
            def shifted(value: Array, name: str = name) -> Array:
                return _outputs(point, own, {name: value})
            parameter.grad += _product(point, name, parameter.data, shifted, upstream)
    return grads[0] if len(grads) == 1 else tuple(grads)


def _product(point: _Point, name: str, value: Array, function: Any, upstream: list[Array]) -> Array:
    if name not in point.slopes:
        rows = []
        for place in range(value.size):
            step = np.zeros(value.size)
            step[place] = EPS * max(1.0, abs(float(value.flat[place])))
            shift = step.reshape(value.shape)
            rows.append((function(value + shift) - function(value - shift)) / (2 * step[place]))
        point.slopes[name] = np.array(rows)
    total = np.concatenate(upstream)
    return np.asarray((point.slopes[name] @ total).reshape(value.shape), value.dtype)


def _outputs(point: _Point, x: Any, parameters: dict[str, Array] | None = None) -> Array:
    layer, now = deepcopy(point.layer), get_rng_state()
    for name, parameter in layer.named_parameters():
        if parameters and name in parameters:
            parameter.data = parameters[name]
    set_rng_state(point.random_state)
    try:
        y = layer.forward(*copies(x), *copies(point.x[len(x):]))
    finally:
        set_rng_state(now)
    return np.concatenate([np.asarray(leaf, float).ravel() for leaf in flatten(y) if is_float(np.asarray(leaf))])
