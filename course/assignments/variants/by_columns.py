"""An affine map whose samples are columns, as textbooks on linear algebra write it."""

import numpy as np
from chainrule.layers.core import Layer, Parameter, check_shape, default_rng


class Linear(Layer):
    """Affine map of columns, ``y = weight @ x + bias``, the bias added to every column.

    Shapes:
        x:      (in_features, N), one sample a column
        weight: (out_features, in_features)
        bias:   (out_features,)
        y:      (out_features, N)

    Gradients:
        grad_x      = weight.T @ grad_out
        grad_weight = grad_out @ x.T
        grad_bias   = grad_out, summed over the samples

    Cache: the input ``x``
    """

    def __init__(self, in_features, out_features):
        self.in_features, self.out_features = in_features, out_features
        bound = 1 / np.sqrt(in_features)
        self.weight = Parameter(default_rng(None).uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(default_rng(None).uniform(-bound, bound, out_features))

    def forward(self, x):
        """Return y; keep the cache."""
        check_shape(x, (self.in_features, "N"), name="x", owner=self)
        # BEGIN SOLUTION
        self.cache = x
        return self.weight.data @ x + self.bias.data[:, None]
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of x, in its dtype; add to those of weight and bias, unless they are frozen."""
        # BEGIN SOLUTION
        x = self.saved()
        if self.weight.requires_grad:
            self.weight.grad += grad_out @ x.T
        if self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=1)
        return (self.weight.data.T @ grad_out).astype(x.dtype)
        # END SOLUTION
