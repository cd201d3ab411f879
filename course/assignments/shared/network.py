"""Layers one after the other; the container is given."""

from chainrule.layers.core import Layer, call, call_back


class Network(Layer):
    """Layers one after the other, each called with what the one before it gave."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        entries = []
        for layer in self.layers:
            x, entry = call(layer, x)
            entries.append(entry)
        self.cache = entries
        return x

    def backward(self, grad_out):
        for entry in reversed(self.saved()):
            grad_out = call_back(entry.layer, entry, grad_out)
        return grad_out
