"""Wrong versions of the rectified affine map."""

import numpy as np

from linear_relu import LinearReLU


def LinearReLU_forward_rectified_before_the_bias(self, x):
    """order: The bias belongs to the affine map: it is added before the values are cut off."""
    z = np.maximum(x @ self.weight.data.T, 0) + self.bias.data
    self.cache = x, z > 0
    return z


def LinearReLU_forward_not_rectified(self, x):
    """mask: What is below zero becomes zero."""
    LinearReLU.forward(self, x)
    return x @ self.weight.data.T + self.bias.data


def LinearReLU_backward_without_the_relu(self, grad_out):
    """mask: No gradient passes where forward was cut off."""
    x, passes = self.saved()
    self.cache = x, np.ones_like(passes)
    grad_x = LinearReLU.backward(self, grad_out)
    self.cache = x, passes
    return grad_x


def LinearReLU_backward_mask_of_the_gradient(self, grad_out):
    """mask: What passes is told by the way forward, not by the sign of the gradient."""
    x, passes = self.saved()
    self.cache = x, grad_out > 0
    grad_x = LinearReLU.backward(self, grad_out)
    self.cache = x, passes
    return grad_x


def LinearReLU_backward_bias_past_the_relu(self, grad_out):
    """mask: The bias lies before the ReLU, so its gradient goes through it too."""
    _, passes = self.saved()
    self.bias.grad += (grad_out * ~passes).sum(axis=0)
    return LinearReLU.backward(self, grad_out)


def LinearReLU_backward_weight_gradient_overwritten(self, grad_out):
    """accumulate: The gradient of the weight is assigned where it must be added."""
    self.weight.grad[...] = 0
    return LinearReLU.backward(self, grad_out)
