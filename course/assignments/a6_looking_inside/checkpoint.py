"""Backpropagation in less memory: most caches are thrown away and computed again when they are needed."""

import math

from chainrule.layers.core import Layer, call, call_back, replay

from replayed import Replayed


class Checkpointed(Layer):
    """Layers one after the other that keep no caches but for the segment that is going back just now.

    Forward keeps the input of every segment of ``segment`` layers (the last may be shorter) and drops all caches.
    Backward goes through the segments from the last to the first: it runs the segment forward once more from its
    input, now keeping the caches, and then goes back through it.

    A layer that draws random numbers must draw the same ones again. ``again = replay(layer)``, taken before
    ``call(layer, x)``, is a function: ``again(x)`` runs ``layer.forward(x)`` just as that call will, and leaves the
    layer's cache in ``layer.cache``. To go back with it, call the layer through ``Replayed`` of replayed.py.

    Shapes:
        x, y: what the first layer takes, what the last one returns

    Gradients:
        the very same numbers as without

    Cache: a list with a pair for each segment: its input, and a list of what ``replay`` returned for each layer of it
    """

    def __init__(self, *layers, segment):
        self.layers = list(layers)
        self.segment = segment

    def forward(self, x):
        """Return the output of the last layer; keep the cache."""
        # BEGIN SOLUTION
        kept = []
        for index, layer in enumerate(self.layers):
            if index % self.segment == 0:
                kept.append((x, []))
            kept[-1][1].append(replay(layer))
            x, _ = call(layer, x)
        self.cache = kept
        return x
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``; the layers' parameters get theirs on the way."""
        # BEGIN SOLUTION
        kept, grad = self.saved(), grad_out
        for number in reversed(range(len(kept))):
            x, repeats = kept[number]
            layers = self.layers[number * self.segment:(number + 1) * self.segment]
            entries = []
            for layer, again in zip(layers, repeats, strict=True):
                x, entry = call(Replayed(layer, again), x)
                entries.append(entry)
            for entry in reversed(entries):
                grad = call_back(entry.layer, entry, grad)
        return grad
        # END SOLUTION


def best_segment(layers):
    """Return the length of segments that keeps the least, for so many layers of the same size.

    Kept at the same time are one input for each segment and the caches of one segment: ``ceil(layers / s) + s`` arrays
    for segments of s layers. Where several lengths are equally good, take the shortest.
    """
    # BEGIN SOLUTION
    return min(range(1, layers + 1), key=lambda s: (math.ceil(layers / s) + s, s))
    # END SOLUTION
