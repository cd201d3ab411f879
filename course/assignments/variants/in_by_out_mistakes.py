"""Wrong versions of the affine map with its weight laid out (in, out)."""

from in_by_out import Linear


def Linear_forward_without_bias(self, x):
    """path: The bias is missing."""
    return Linear.forward(self, x) - self.bias.data


def Linear_backward_bias_gradient_averaged(self, grad_out):
    """mean: The bias enters every row, so its gradient is the sum over the samples, not the mean."""
    self.bias.grad += grad_out.mean(axis=0) - grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


def Linear_backward_weight_gradient_overwritten(self, grad_out):
    """accumulate: The gradient of the weight is assigned where it must be added."""
    self.weight.grad[...] = 0
    return Linear.backward(self, grad_out)


def Linear_backward_weight_gradient_transposed(self, grad_out):
    """order: The gradient of the weight has the shape of the weight, here (in, out)."""
    x = self.saved()
    self.weight.grad += grad_out.T @ x - x.T @ grad_out
    return Linear.backward(self, grad_out)


def Linear_backward_upstream_ignored(self, grad_out):
    """upstream: The gradient of the weight is right only if every upstream gradient is one."""
    x = self.saved()
    self.weight.grad += x.T @ (grad_out * 0 + 1) - x.T @ grad_out
    return Linear.backward(self, grad_out)
