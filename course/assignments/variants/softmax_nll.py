"""Softmax and the negative logarithm as one loss, summed up instead of averaged."""

import numpy as np
from chainrule.losses import Loss


class SoftmaxLoss(Loss):
    """Sum over the rows of minus the logarithm of the probability that softmax gives to the right class.

    Formula: probability = exp(prediction) / sum(exp(prediction)), each row alone
             loss = -sum(log(probability[n, target[n]])) over the rows n

    Shapes:
        prediction: (N, C), scores of any size
        target:     (N,), whole numbers from 0 to C - 1

    Gradients:
        grad_prediction = grad_out * (probability - onehot(target))

    Cache: ``(logarithms, target)``, those of the probabilities, and the target
    """

    reductions = ("sum",)

    def __init__(self):
        super().__init__("sum")

    def forward(self, prediction, target):
        """Return the loss, one float; keep the cache."""
        # BEGIN SOLUTION
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.cache = logarithms, target
        return float(-logarithms[np.arange(len(target)), target].sum())
        # END SOLUTION

    def backward(self, grad_out=1.0):
        """Return the gradient of the prediction; ``grad_out`` is one number."""
        # BEGIN SOLUTION
        logarithms, target = self.saved()
        grad = np.exp(logarithms)
        grad[np.arange(len(target)), target] -= 1
        return grad * grad.dtype.type(grad_out)
        # END SOLUTION
