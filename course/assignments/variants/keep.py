"""Dropout told by how much stays, as its first paper has it."""

import numpy as np
from chainrule.layers.core import Layer, default_rng


class Dropout(Layer):
    """Each value stays with the probability ``keep``, divided by it, or becomes zero; in evaluation nothing happens.

    Formula: y = x * mask,  mask = (draw < keep) / keep,  draw = default_rng(None).random(x.shape)

    Gradients:
        grad_x = grad_out * mask

    Cache: ``mask``, ones in evaluation
    """

    def __init__(self, keep=0.5):
        self.keep = keep

    def forward(self, x):
        """Return y; keep the cache."""
        # BEGIN SOLUTION
        mask = np.ones_like(x)
        if self.training:
            mask = ((default_rng(None).random(x.shape) < self.keep) / self.keep).astype(x.dtype)
        self.cache = mask
        return x * mask
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of x, for the mask of the last forward."""
        # BEGIN SOLUTION
        return grad_out * self.saved()
        # END SOLUTION
