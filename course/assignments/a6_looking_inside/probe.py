"""What the tests of this assignment call: your code, and what it left behind."""

import numpy as np

from chainrule.layers.core import Layer, call


def kept_numbers(layer, x):
    """Return how many numbers a layer keeps after forward: in the cache, and in arrays among its attributes."""
    _, entry = call(layer, x)
    held = {}
    _collect([entry.cache, *vars(layer).values()], held)
    return sum(held.values())


def _collect(value, held):
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        held[id(value)] = value.size
    elif isinstance(value, (tuple, list, set)):
        for item in value:
            _collect(item, held)
    elif isinstance(value, dict):
        _collect(list(value.values()), held)
    elif isinstance(value, Layer):
        _collect([inner.cache for _, inner in value.named_layers()], held)


def tangents(layer, x, x_dot, weight_dot=None, grad_out=None, grad_out_dot=None):
    """Return how the output of a layer, and its gradients if an upstream gradient is given, move along a direction."""
    if weight_dot is not None:
        layer.weight.dot = weight_dot
    layer.forward(x)
    found = {"y_dot": layer.jvp(x_dot)}
    if grad_out is not None:
        found["grad_x"], found["grad_x_dot"] = layer.backward_jvp(grad_out, grad_out_dot)
        layer.backward_jvp(grad_out_dot, grad_out)      # what it adds up must not be overwritten
        for name, parameter in layer.named_parameters():
            found[f"{name}.grad"], found[f"{name}.grad_dot"] = parameter.grad, parameter.grad_dot
    return found
