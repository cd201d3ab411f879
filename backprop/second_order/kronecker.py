"""The factors of K-FAC: for each layer, what its inputs have in common, and the random gradients of its outputs."""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from ...layers import Linear
from ...layers.conv import ConvNd
from ...layers.core import Array, Layer, Observer, Parameter, ValueRangeError, members
from ...layers.kernels.windows import padded, windows
from ...optim.vector import split

__all__ = ["Factors", "by_layer", "damped_inverse", "factored_layers"]

Factored = Linear | ConvNd


class Factors(Observer):
    """Inputs and outputs of the layers of ``parameters`` that go back while this observes: two matrices for each.

    Formula: inputs  = mean over samples and places of a @ a.T, a all that a weight sees, and 1 for a bias
             outputs = sum over samples and places of s @ s.T, s the gradients of the outputs

    So ``np.kron(outputs, inputs)`` is about the sum of all samples' ``g @ g.T``, and exact for one of them.

    Source: Martens & Grosse 2015, equation 1; Grosse & Martens 2016, section 3.1, for convolutions.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self.moving = {id(parameter) for parameter in parameters}
        self.found: dict[int, tuple[Array, Array]] = {}     # by the identity of the weight

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Array, grad_x: Array | None) -> None:
        if isinstance(layer, (Linear, ConvNd)) and any(id(each) in self.moving for each in layer.parameters()):
            channels = -1 - layer.axes if isinstance(layer, ConvNd) else -1
            a = self._seen(layer, layer.cache)
            s = np.moveaxis(grad_out, channels, -1).reshape(-1, layer.weight.shape[0])
            inputs, outputs = self.found.get(id(layer.weight), (0.0, 0.0))
            self.found[id(layer.weight)] = (inputs + a.T @ a / len(a), outputs + s.T @ s)

    def _seen(self, layer: Factored, x: Array) -> Array:
        """Return what the moving parameters of a layer are multiplied by, a row for every sample and place."""
        if isinstance(layer, ConvNd):
            x = x if x.ndim == layer.axes + 2 else x[None]
            outputs = layer.geometry.outputs(x.shape[2:])
            x = windows(padded(x, layer.geometry, outputs), layer.geometry, outputs)
            x = np.moveaxis(x, 1, 1 + layer.axes)       # (N, C, *outputs, *kernel) -> (N, *outputs, C, *kernel)
        x = x.reshape(-1, math.prod(layer.weight.shape[1:]))
        return np.hstack([*([x] if id(layer.weight) in self.moving else []),
                          *([np.ones((len(x), 1), x.dtype)] if id(layer.bias) in self.moving else [])])


def factored_layers(model: Layer, parameters: Sequence[Parameter]) -> list[Factored]:
    """Return the layers that ``parameters`` belong to, each weight once.

    Raises: ValueRangeError for parameters of a layer that has no factors.
    """
    moving, found = {id(parameter) for parameter in parameters}, {}
    for path, layer in model.named_layers():
        own = [name for name, parameter in members(layer, Parameter) if id(parameter) in moving]
        if not own:
            continue
        if not isinstance(layer, (Linear, ConvNd)) or (isinstance(layer, ConvNd) and (
                layer.groups > 1 or layer.padding_mode != "zeros")):
            raise ValueRangeError(f"Kronecker factors expected parameters of Linear and convolution layers (without "
                                  f"groups, with zeros as padding), got {own[0]} of {layer.title} at {path!r}; freeze "
                                  f"it, or use HessianFree without them")
        found[id(layer.weight)] = layer
    return list(found.values())


def by_layer(layers: Sequence[Factored], parameters: Sequence[Parameter], vector: Array,
             solve: Callable[[int, Array], Array]) -> Array:
    """Return ``vector`` with ``solve(index, block)`` in the place of each layer's part, (outputs, inputs + 1)."""
    parts = dict(zip(map(id, parameters), split(parameters, vector), strict=True))
    for index, layer in enumerate(layers):
        moving = [each for each in (layer.weight, layer.bias) if each is not None and id(each) in parts]
        solved = solve(index, np.hstack([parts[id(each)].reshape(each.shape[0], -1) for each in moving]))
        ends = np.cumsum([each.size // each.shape[0] for each in moving])
        for each, part in zip(moving, np.split(solved, ends[:-1], axis=1), strict=True):
            parts[id(each)] = part
    return np.concatenate([parts[id(parameter)].ravel() for parameter in parameters])


def damped_inverse(factors: Factors, draws: int, layers: Sequence[Factored], parameters: Sequence[Parameter],
                   damping: float) -> Callable[[Array], Array]:
    """Return the product with ``inv(np.kron(outputs, inputs) + damping * I)`` of all layers, ``factors`` of ``draws``.

    Formula: block -> U @ ((U.T @ block @ V) / (values of outputs * values of inputs + damping)) @ V.T
             with the eigenvectors U of outputs and V of inputs

    Source: George, Laurent, Bouthillier, Ballas & Vincent 2018, section 3, for the exact inverse.
    """
    bases = []
    for layer in layers:
        (a, v), (s, u) = (np.linalg.eigh(each / draws) for each in factors.found[id(layer.weight)])
        bases.append((u, v, np.maximum(np.outer(s, a), 0) + np.asarray(damping, a.dtype)))

    def solve(index: int, block: Array) -> Array:
        u, v, values = bases[index]
        return np.asarray(u @ ((u.T @ block @ v) / values) @ v.T)
    return lambda vector: by_layer(layers, parameters, vector, solve)
