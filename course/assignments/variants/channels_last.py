"""Batch normalisation with the layout and the momentum of Keras."""

import numpy as np
from chainrule.layers.core import Buffer, Layer, Parameter, check_shape


class BatchNorm(Layer):
    """Standardised channels, the last axis: ``y = (x - mean) / sqrt(var + eps) * weight + bias``.

    In training mean and (biased) variance are those of the batch, over all axes but the last, and the running ones
    move: ``running = momentum * running + (1 - momentum) * new``, both with the biased variance. In evaluation the
    running ones are used, and their gradient is none.

    Shapes:
        x, y:         (N, …, num_features)
        weight, bias: (num_features,)

    Gradients:
        grad_hat    = grad_out * weight,  x_hat = (x - mean) / sqrt(var + eps)
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) / sqrt(var + eps), in training
        grad_weight = grad_out * x_hat, grad_bias = grad_out, both summed over all axes but the last

    Cache: ``(x_hat, inv_std, training)``
    """

    def __init__(self, num_features, eps=1e-3, momentum=0.99):
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight, self.bias = Parameter(np.ones(num_features)), Parameter(np.zeros(num_features))
        self.running_mean, self.running_var = Buffer(np.zeros(num_features)), Buffer(np.ones(num_features))

    def forward(self, x):
        """Return y; ``self.training`` says which mode it is; buffers take new values by ``assign``."""
        check_shape(x, (..., self.num_features), name="x", owner=self)
        # BEGIN SOLUTION
        mean, var = self.running_mean.data, self.running_var.data
        if self.training:
            axes = tuple(range(x.ndim - 1))
            mean, var = x.mean(axis=axes), x.var(axis=axes)
            self.running_mean.assign(self.momentum * self.running_mean.data + (1 - self.momentum) * mean)
            self.running_var.assign(self.momentum * self.running_var.data + (1 - self.momentum) * var)
        inv_std = 1 / np.sqrt(var + self.eps)
        x_hat = (x - mean) * inv_std
        self.cache = x_hat, inv_std, self.training
        return x_hat * self.weight.data + self.bias.data
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of x, as forward ran; add to those of weight and bias, unless they are frozen."""
        # BEGIN SOLUTION
        x_hat, inv_std, training = self.saved()
        axes = tuple(range(x_hat.ndim - 1))
        if self.weight.requires_grad:
            self.weight.grad += (grad_out * x_hat).sum(axis=axes)
        if self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=axes)
        grad_hat = grad_out * self.weight.data
        if training:
            grad_hat = grad_hat - grad_hat.mean(axis=axes) - x_hat * (grad_hat * x_hat).mean(axis=axes)
        return (grad_hat * inv_std).astype(x_hat.dtype)
        # END SOLUTION
