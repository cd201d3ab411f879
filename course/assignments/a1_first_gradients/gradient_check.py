"""A gradient checker: the judge of every backward pass that you will ever write."""

import numpy as np

from chainrule.layers.core import Layer


def numeric_gradient(f, x, step=1e-5):
    """Return the gradient of the number ``f(x)`` by central differences, one place of ``x`` after the other.

    Formula: grad[i] = (f(x + step * e_i) - f(x - step * e_i)) / (2 * step), e_i being 1 at place i and 0 elsewhere

    Shapes:
        x, grad: any shape, float64; afterwards ``x`` holds the numbers that it held before
    """
    # BEGIN SOLUTION
    grad = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        here = x[place]
        x[place] = here + step
        above = f(x)
        x[place] = here - step
        below = f(x)
        x[place] = here
        grad[place] = (above - below) / (2 * step)
    return grad
    # END SOLUTION


def relative_error(a, b):
    """Return how far apart two arrays are, measured by the larger of them; 0 if both are zero everywhere.

    Formula: max(abs(a - b)) / max(max(abs(a)), max(abs(b)))
    """
    # BEGIN SOLUTION
    size = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / size) if size else 0.0
    # END SOLUTION


def gradient_errors(layer, x, grad_out):
    """Return the relative error of every gradient of a layer by name: ``{"x": …, "weight": …, "bias": …}``.

    The number whose gradients these are is ``sum(layer.forward(x) * grad_out)``. Parameters are those that
    ``layer.named_parameters()`` yields, pairs of name and parameter. Their gradients are set to zero first.

    Shapes:
        x, grad_out: float64, of the shapes of the layer's input and output
    """
    # BEGIN SOLUTION
    def number(_):
        return (layer.forward(x) * grad_out).sum()

    layer.zero_grad()
    layer.forward(x)
    errors = {"x": relative_error(layer.backward(grad_out), numeric_gradient(number, x))}
    for name, parameter in layer.named_parameters():
        errors[name] = relative_error(parameter.grad, numeric_gradient(number, parameter.data))
    return errors
    # END SOLUTION


class Suspect(Layer):
    """A layer with a slip in its backward pass, to try the checker on: ``y = x**3``."""

    def forward(self, x):
        self.cache = x
        return x**3

    def backward(self, grad_out):
        return grad_out * 2 * self.saved() ** 2
