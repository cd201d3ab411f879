"""Wrong versions of the affine map of columns."""

from by_columns import Linear


def Linear_forward_without_bias(self, x):
    """path: The bias is missing."""
    return Linear.forward(self, x) - self.bias.data[:, None]


def Linear_forward_with_the_transposed_weight(self, x):
    """order: Each row of the weight makes one output; here its columns do."""
    self.cache = x
    return self.weight.data.T @ x + self.bias.data[:, None]


def Linear_backward_bias_gradient_averaged(self, grad_out):
    """mean: The bias enters every column, so its gradient is the sum over the samples, not the mean."""
    self.bias.grad += grad_out.mean(axis=1) - grad_out.sum(axis=1)
    return Linear.backward(self, grad_out)


def Linear_backward_bias_gradient_over_the_features(self, grad_out):
    """order: The sum runs over the features, where it runs over the samples, which are columns here."""
    self.bias.grad += grad_out.sum(axis=0) - grad_out.sum(axis=1)
    return Linear.backward(self, grad_out)


def Linear_backward_weight_gradient_overwritten(self, grad_out):
    """accumulate: The gradient of the weight is assigned where it must be added."""
    self.weight.grad[...] = 0
    return Linear.backward(self, grad_out)


def Linear_backward_weight_gradient_transposed(self, grad_out):
    """order: The gradient of the weight has the shape of the weight: (out, in)."""
    x = self.saved()
    self.weight.grad += x @ grad_out.T - grad_out @ x.T
    return Linear.backward(self, grad_out)


def Linear_backward_through_the_weight_again(self, grad_out):
    """order: The way back multiplies by weight.T, not by weight again."""
    return self.weight.data @ (0 * Linear.backward(self, grad_out) + grad_out)
