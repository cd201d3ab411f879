"""Wrong versions of batch normalisation along the last axis."""

import numpy as np

from channels_last import BatchNorm


def BatchNorm_forward_momentum_of_the_new(self, x):
    """factor: Here the momentum weighs the old value, not the new one."""
    right, self.momentum = self.momentum, 1 - self.momentum
    y = BatchNorm.forward(self, x)
    self.momentum = right
    return y


def BatchNorm_forward_over_the_batch_alone(self, x):
    """order: Mean and variance run over all axes but the last, not over the first alone."""
    y = BatchNorm.forward(self, x)
    if self.training:
        x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + self.eps)
        self.cache = x_hat, *self.cache[1:]
        y = x_hat * self.weight.data + self.bias.data
    return y


def BatchNorm_forward_running_values_in_training(self, x):
    """mode: In training the batch's own mean and variance are used."""
    y = BatchNorm.forward(self, x)
    inv_std = 1 / np.sqrt(self.running_var.data + self.eps)
    return (x - self.running_mean.data) * inv_std * self.weight.data + self.bias.data if self.training else y


def BatchNorm_backward_without_the_path_through_the_variance(self, grad_out):
    """path: The variance depends on x too: the last term is missing."""
    grad_x, (x_hat, inv_std, training) = BatchNorm.backward(self, grad_out), self.saved()
    axes = tuple(range(x_hat.ndim - 1))
    grad_hat = grad_out * self.weight.data
    return grad_x + training * x_hat * (grad_hat * x_hat).mean(axis=axes) * inv_std


def BatchNorm_backward_as_in_evaluation(self, grad_out):
    """mode: In training mean and variance depend on x, and gradients go through them."""
    _, inv_std, _ = self.saved()
    BatchNorm.backward(self, grad_out)
    return grad_out * self.weight.data * inv_std


def BatchNorm_backward_weight_gradient_averaged(self, grad_out):
    """mean: The gradient of the weight is the sum, not the mean."""
    x_hat, _, _ = self.saved()
    axes = tuple(range(x_hat.ndim - 1))
    self.weight.grad += (grad_out * x_hat).mean(axis=axes) - (grad_out * x_hat).sum(axis=axes)
    return BatchNorm.backward(self, grad_out)
