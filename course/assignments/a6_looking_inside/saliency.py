"""What speaks for an answer: explanations by the gradient of a score with respect to the input."""

import numpy as np

from chainrule.layers import ReLU
from chainrule.layers.core import backward_rule


def input_gradient(model, x, target):
    """Return the gradient of one score of each sample with respect to that sample.

    Send back 1 at ``target[n]`` for each sample n, and 0 at all other scores.

    Shapes:
        x:       (N, …), what ``model.forward`` takes; it returns scores, (N, C)
        target:  (N,), whole numbers below C
        returns: of the shape of x
    """
    # BEGIN SOLUTION
    scores = model.forward(x)
    grad = np.zeros_like(scores)
    grad[np.arange(len(x)), target] = 1
    return model.backward(grad)
    # END SOLUTION


def integrated_gradients(model, x, baseline, target, steps):
    """Return what each number of the input contributes to the score, going from ``baseline`` straight to ``x``.

    Formula: (x - baseline) * mean over s of input_gradient(baseline + (s + 1/2) / steps * (x - baseline)),
             s = 0, …, steps - 1

    The contributions of a sample add up to ``score(x) - score(baseline)``, the better the more steps there are.

    Shapes:
        x, baseline: (N, …)
        returns:     of the shape of x
    """
    # BEGIN SOLUTION
    total = np.zeros_like(x)
    for s in range(steps):
        total += input_gradient(model, baseline + (s + 0.5) / steps * (x - baseline), target)
    return (x - baseline) * total / steps
    # END SOLUTION


def guided_gradient(model, x, target):
    """Return the gradient that comes down when every ReLU lets positive gradients alone pass (guided backpropagation).

    ``with backward_rule(ReLU, rule):`` replaces the backward pass of every ReLU by ``rule(relu, grad_out)``, which may
    call ``relu.backward(…)`` itself.
    """
    # BEGIN SOLUTION
    with backward_rule(ReLU, lambda relu, grad_out: relu.backward(np.maximum(grad_out, 0))):
        return input_gradient(model, x, target)
    # END SOLUTION


def most_important(model, x, target, count):
    """Return the places of the ``count`` pixels of each sample whose gradient times input is largest in size.

    Shapes:
        x:       (N, D)
        returns: (N, count), whole numbers below D, the largest first
    """
    # BEGIN SOLUTION
    size = np.abs(x * input_gradient(model, x, target))
    return np.argsort(-size, axis=1)[:, :count]
    # END SOLUTION
