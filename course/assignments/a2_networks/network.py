"""Networks made of layers: one after the other, and around."""

from chainrule.layers.core import Layer, call, call_back


class Sequential(Layer):
    """Layers one after the other, ``y = layers[-1](… layers[1](layers[0](x)))``.

    A layer keeps one cache, that of its last forward. A container may call a layer twice, or forward twice before it
    goes back; so it takes each cache out of the layer and keeps it as its own. ``call(layer, x)`` runs forward and
    returns ``(y, entry)``; ``call_back(layer, entry, grad_out)`` runs backward with the cache of that very call.

    Shapes:
        x, y: what the first layer takes, what the last one returns

    Gradients:
        grad_x = grad_out sent back through all layers, from the last to the first

    Cache: a list of the entries of all calls, in the order of the layers
    """

    def __init__(self, *layers):
        self.layers = list(layers)

    def children(self):
        """Name the layers by their numbers: ``0.weight``."""
        return ((str(index), layer) for index, layer in enumerate(self.layers))

    def forward(self, x):
        """Return the output of the last layer; keep the cache."""
        # BEGIN SOLUTION
        entries = []
        for layer in self.layers:
            x, entry = call(layer, x)
            entries.append(entry)
        self.cache = entries
        return x
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``; the layers' parameters get theirs on the way."""
        # BEGIN SOLUTION
        for layer, entry in zip(reversed(self.layers), reversed(self.saved()), strict=True):
            grad_out = call_back(layer, entry, grad_out)
        return grad_out
        # END SOLUTION


class Residual(Layer):
    """A way through a layer and a way around it, ``y = x + branch(x)``.

    Shapes:
        x, y: the same; ``branch`` must keep the shape

    Gradients:
        grad_x = the sum of what comes back on both ways

    Cache: the entry of the call of ``branch``
    """

    def __init__(self, branch):
        self.branch = branch

    def forward(self, x):
        """Return ``x + branch(x)``."""
        # BEGIN SOLUTION
        y, self.cache = call(self.branch, x)
        return x + y
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``."""
        # BEGIN SOLUTION
        return grad_out + call_back(self.branch, self.saved(), grad_out)
        # END SOLUTION
