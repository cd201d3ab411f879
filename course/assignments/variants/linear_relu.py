"""An affine map and its ReLU as one layer."""

import numpy as np
from chainrule.layers.core import Layer, Parameter, check_shape, default_rng


class LinearReLU(Layer):
    """Rectified affine map, ``y = max(x @ weight.T + bias, 0)``.

    Shapes:
        x:      (N, in_features)
        weight: (out_features, in_features)
        bias:   (out_features,)
        y:      (N, out_features)

    Gradients:
        grad_z      = grad_out where y > 0, else 0
        grad_x      = grad_z @ weight
        grad_weight = grad_z.T @ x
        grad_bias   = grad_z, summed over the samples

    Cache: ``(x, passes)``, the input and where it was let through
    """

    def __init__(self, in_features, out_features):
        self.in_features, self.out_features = in_features, out_features
        bound = 1 / np.sqrt(in_features)
        self.weight = Parameter(default_rng(None).uniform(-bound, bound, (out_features, in_features)))
        self.bias = Parameter(default_rng(None).uniform(-bound, bound, out_features))

    def forward(self, x):
        """Return y; keep the cache."""
        check_shape(x, (..., self.in_features), name="x", owner=self)
        # BEGIN SOLUTION
        z = x @ self.weight.data.T + self.bias.data
        self.cache = x, z > 0
        return np.maximum(z, 0)
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of x, in its dtype; add to those of weight and bias, unless they are frozen."""
        # BEGIN SOLUTION
        x, passes = self.saved()
        grad_z = grad_out * passes
        if self.weight.requires_grad:
            self.weight.grad += grad_z.T @ x
        if self.bias.requires_grad:
            self.bias.grad += grad_z.sum(axis=0)
        return (grad_z @ self.weight.data).astype(x.dtype)
        # END SOLUTION
