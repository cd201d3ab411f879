"""Wrong versions of the summed loss of softmax."""

import numpy as np

from softmax_nll import SoftmaxLoss


def SoftmaxLoss_forward_averaged(self, prediction, target):
    """mean: Here the rows are summed up, not averaged."""
    return SoftmaxLoss.forward(self, prediction, target) / len(target)


def SoftmaxLoss_forward_probability_without_logarithm(self, prediction, target):
    """The loss is minus the logarithm of the probability, not minus the probability."""
    SoftmaxLoss.forward(self, prediction, target)
    logarithms, target = self.cache
    return float(-np.exp(logarithms)[np.arange(len(target)), target].sum())


def SoftmaxLoss_backward_averaged(self, grad_out=1.0):
    """mean: Here the rows are summed up, so nothing is divided by their number."""
    return SoftmaxLoss.backward(self, grad_out) / len(self.cache[1])


def SoftmaxLoss_backward_without_the_target(self, grad_out=1.0):
    """path: One is taken from the probability of the right class."""
    logarithms, _ = self.saved()
    return np.exp(logarithms) * grad_out


def SoftmaxLoss_backward_sign(self, grad_out=1.0):
    """sign: The gradient points uphill: probability minus one, not one minus probability."""
    return -SoftmaxLoss.backward(self, grad_out)


def SoftmaxLoss_backward_upstream_ignored(self, grad_out=1.0):
    """upstream: The gradient is multiplied by the one that comes from above."""
    return SoftmaxLoss.backward(self, 1.0)
