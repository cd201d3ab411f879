"""Softmax and cross-entropy as one loss: what a classifier is trained with."""

import numpy as np

from chainrule.losses import Loss


class CrossEntropyLoss(Loss):
    """Mean over the rows of minus the logarithm of the probability that softmax gives to the right class.

    Formula: probability = exp(prediction) / sum(exp(prediction)), each row alone
             loss = -mean(log(probability[n, target[n]])) over the rows n

    Take the largest score of each row out first: that changes no probability, and ``exp`` never overflows.

    Shapes:
        prediction: (N, C), scores of any size
        target:     (N,), whole numbers from 0 to C - 1

    Gradients:
        grad_prediction = grad_out * (probability - onehot(target)) / N

    Cache: ``(log_probability, target)``, the logarithms of all probabilities (N, C), and the target
    """

    reductions = ("mean",)

    def __init__(self):
        super().__init__("mean")

    def forward(self, prediction, target):
        """Return the loss, one float; keep the cache."""
        # BEGIN SOLUTION
        shifted = prediction - prediction.max(axis=1, keepdims=True)
        log_probability = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.cache = log_probability, target
        return float(-log_probability[np.arange(len(target)), target].mean())
        # END SOLUTION

    def backward(self, grad_out=1.0):
        """Return the gradient of the prediction; ``grad_out`` is one number."""
        # BEGIN SOLUTION
        log_probability, target = self.saved()
        grad = np.exp(log_probability)
        grad[np.arange(len(target)), target] -= 1
        return grad * (grad_out / len(target))
        # END SOLUTION
