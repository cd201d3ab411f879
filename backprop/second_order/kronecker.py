"""The factors of K-FAC: for each layer, what its inputs have in common, and the random gradients of its outputs."""

import math
from collections.abc import Sequence

import numpy as np

from ...layers import Linear
from ...layers.conv import ConvNd
from ...layers.core import Array, Layer, Observer, Parameter, ValueRangeError, members
from ...layers.kernels.windows import padded, windows

__all__ = ["Factors", "factored_layers"]

Factored = Linear | ConvNd


class Factors(Observer):
    """Inputs and outputs of every layer that goes back while this observes: two matrices for each weight.

    Formula: inputs  = mean over samples and places of a @ a.T, a all that a weight sees, and 1 for a bias
             outputs = sum over samples and places of s @ s.T, s the gradients of the outputs

    So ``np.kron(outputs, inputs)`` is about the sum of all samples' ``g @ g.T``, and exact for one of them.

    Source: Martens & Grosse 2015, equation 1; Grosse & Martens 2016, section 3.1, for convolutions.
    """

    def __init__(self) -> None:
        self.found: dict[int, tuple[Array, Array]] = {}     # by the identity of the weight

    def after_backward(self, path: tuple[str, ...], layer: Layer, grad_out: Array, grad_x: Array | None) -> None:
        if isinstance(layer, (Linear, ConvNd)) and any(each.requires_grad for each in layer.parameters()):
            channels = -1 - layer.axes if isinstance(layer, ConvNd) else -1
            a, s = _seen(layer, layer.cache), np.moveaxis(grad_out, channels, -1).reshape(-1, layer.weight.shape[0])
            inputs, outputs = self.found.get(id(layer.weight), (0.0, 0.0))
            self.found[id(layer.weight)] = (inputs + a.T @ a / len(a), outputs + s.T @ s)


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
            raise ValueRangeError(f"KFAC expected parameters of Linear and convolution layers (without groups, with "
                                  f"zeros as padding), got {own[0]} of {layer.title} at {path!r}; freeze it, or use "
                                  f"HessianFree")
        found[id(layer.weight)] = layer
    return list(found.values())


def _seen(layer: Factored, x: Array) -> Array:
    """Return what the moving parameters of a layer are multiplied by, a row for every sample and place."""
    if isinstance(layer, ConvNd):
        x = x if x.ndim == layer.axes + 2 else x[None]
        outputs = layer.geometry.outputs(x.shape[2:])
        x = windows(padded(x, layer.geometry, outputs), layer.geometry, outputs)
        x = np.moveaxis(x, 1, 1 + layer.axes)           # (N, C, *outputs, *kernel) -> (N, *outputs, C, *kernel)
    x = x.reshape(-1, math.prod(layer.weight.shape[1:]))
    bias = layer.bias is not None and layer.bias.requires_grad
    return np.hstack([*([x] if layer.weight.requires_grad else []), *([np.ones((len(x), 1), x.dtype)] if bias else [])])
