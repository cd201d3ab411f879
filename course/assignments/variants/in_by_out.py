"""An affine map whose weight is laid out as Keras and JAX have it."""

import numpy as np
from chainrule.layers.core import Layer, Parameter, check_shape, default_rng


class Linear(Layer):
    """Affine map of the last axis, ``y = x @ weight + bias``.

    Shapes:
        x:      (N, in_features)
        weight: (in_features, out_features)
        bias:   (out_features,)
        y:      (N, out_features)

    Gradients:
        grad_x      = grad_out @ weight.T
        grad_weight = x.T @ grad_out
        grad_bias   = grad_out, summed over the samples

    Cache: the input ``x``
    """

    def __init__(self, in_features, out_features):
        self.in_features, self.out_features = in_features, out_features
        bound = 1 / np.sqrt(in_features)
        self.weight = Parameter(default_rng(None).uniform(-bound, bound, (in_features, out_features)))
        self.bias = Parameter(default_rng(None).uniform(-bound, bound, out_features))

    def forward(self, x):
        """Return y; keep the cache."""
        check_shape(x, (..., self.in_features), name="x", owner=self)
        # BEGIN SOLUTION
        self.cache = x
        return x @ self.weight.data + self.bias.data
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of x, in its dtype; add to those of weight and bias, unless they are frozen."""
        # BEGIN SOLUTION
        x = self.saved()
        if self.weight.requires_grad:
            self.weight.grad += x.T @ grad_out
        if self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=0)
        return (grad_out @ self.weight.data.T).astype(x.dtype)
        # END SOLUTION
