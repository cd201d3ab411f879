"""Looking inside a network while it learns: the size of the gradient at every layer, seen by an observer."""

import numpy as np

import chainrule as cr
from chainrule.data import digits
from chainrule.layers import Linear, ReLU, Sigmoid
from chainrule.layers.core import Observer, observe
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import train_step


class GradientNorms(Observer):
    """Notes the norm of the gradient that each affine layer is given."""

    def __init__(self):
        self.norms = {}

    def after_backward(self, path, layer, grad_out, grad_x):
        if isinstance(layer, Linear):
            self.norms[".".join(path)] = float(np.linalg.norm(grad_out))


def deep(activation, depth=8, width=32):
    """Return a deep, narrow network."""
    hidden = [layer for _ in range(depth) for layer in (Linear(width, width), activation())]
    return Sequential(Linear(64, width), activation(), *hidden, Linear(width, 10))


x, y = digits(flat=True)[:256]
for activation in (Sigmoid, ReLU):
    cr.manual_seed(0)
    model = deep(activation)
    loss, optimizer = CrossEntropyLoss(), SGD(model.parameters(), lr=0.1)
    with observe(GradientNorms()) as watcher:
        train_step(model, loss, optimizer, x, y)
    print(f"{activation.__name__}: norm of the gradient from the last layer to the first")
    last = next(iter(watcher.norms.values()))
    for name, norm in watcher.norms.items():
        print(f"  layer {name:>2}  {norm:9.2e}  {'#' * max(0, round(40 + 3 * np.log10(norm / last)))}")
