"""Second derivatives without a matrix: tangents forward, and the backward pass differentiated along them."""

import numpy as np

from chainrule.layers.core import Layer, Parameter, default_rng


class Affine(Layer):
    """``y = x @ weight.T``, with forward mode: how ``y`` and the gradients move as ``x`` and ``weight`` move.

    Along a direction, ``x`` moves with the tangent ``x_dot`` and ``weight`` with ``weight.dot``, of their shapes.

    Shapes:
        x, weight, y: (N, n_in), (n_out, n_in), (N, n_out)

    Tangents:
        y_dot           = x_dot @ weight.T + x @ weight.dot.T
        grad_x_dot      = grad_out_dot @ weight + grad_out @ weight.dot
        grad_weight_dot = grad_out_dot.T @ x + grad_out.T @ x_dot
    """

    def __init__(self, n_in, n_out):
        self.weight = Parameter(default_rng(None).standard_normal((n_out, n_in)) / np.sqrt(n_in))

    def forward(self, x):
        self.cache = x
        return x @ self.weight.data.T

    def backward(self, grad_out):
        self.weight.grad += grad_out.T @ self.saved()
        return grad_out @ self.weight.data

    def jvp(self, x_dot):
        """Return ``y_dot`` for the last forward, and keep ``x_dot`` in ``self.tangent``."""
        # BEGIN SOLUTION
        self.tangent = x_dot
        return x_dot @ self.weight.data.T + self.cache @ self.weight.dot.T
        # END SOLUTION

    def backward_jvp(self, grad_out, grad_out_dot):
        """Return ``(grad_x, grad_x_dot)``; add to ``weight.grad`` and ``weight.grad_dot``."""
        # BEGIN SOLUTION
        self.weight.grad_dot += grad_out_dot.T @ self.cache + grad_out.T @ self.tangent
        return self.backward(grad_out), grad_out_dot @ self.weight.data + grad_out @ self.weight.dot
        # END SOLUTION


class Bend(Layer):
    """``y = tanh(x)``, with forward mode.

    Tangents, with slope = 1 - y**2:
        y_dot      = slope * x_dot
        grad_x_dot = slope * grad_out_dot + grad_out * slope_dot, slope_dot = -2 * y * y_dot
    """

    def forward(self, x):
        self.cache = np.tanh(x)
        return self.cache

    def backward(self, grad_out):
        return grad_out * (1 - self.saved() ** 2)

    def jvp(self, x_dot):
        """Return ``y_dot`` for the last forward, and keep in ``self.tangent`` what ``backward_jvp`` needs."""
        # BEGIN SOLUTION
        self.tangent = (1 - self.cache**2) * x_dot
        return self.tangent
        # END SOLUTION

    def backward_jvp(self, grad_out, grad_out_dot):
        """Return ``(grad_x, grad_x_dot)``."""
        # BEGIN SOLUTION
        y, y_dot = self.cache, self.tangent
        return self.backward(grad_out), (1 - y**2) * grad_out_dot - 2 * grad_out * y * y_dot
        # END SOLUTION


def hessian_vector_product(layers, x, y, v):
    """Return the product of the Hessian of a loss with a direction, as exact as the gradient and as cheap as a few.

    The loss is ``sum((prediction - y)**2) / 2``, the prediction is ``x`` through all layers, and the Hessian is that
    in the weights. Set ``weight.dot`` of each Affine to its part of ``v`` and its ``grad_dot`` to zeros, run all layers
    forward, each followed by its ``jvp``, and then ``backward_jvp`` from the last to the first. ``x`` does not move.
    The product is what has gathered in ``weight.grad_dot``.

    Shapes:
        layers:  Affine and Bend layers
        x, y:    (N, n_in), (N, n_out)
        v:       a list of arrays, of the shapes of the weights of the Affine layers in their order
        returns: a list of arrays of the same shapes
    """
    # BEGIN SOLUTION
    weights = [layer.weight for layer in layers if isinstance(layer, Affine)]
    for weight, direction in zip(weights, v, strict=True):
        weight.dot = direction
        weight.grad_dot = np.zeros(weight.shape)
    x_dot = np.zeros_like(x)
    for layer in layers:
        x = layer.forward(x)
        x_dot = layer.jvp(x_dot)
    grad, grad_dot = x - y, x_dot
    for layer in reversed(layers):
        grad, grad_dot = layer.backward_jvp(grad, grad_dot)
    return [weight.grad_dot.copy() for weight in weights]
    # END SOLUTION


def largest_eigenvalue(product, v, steps):
    """Return the eigenvalue of largest size of a symmetric matrix, of which only products with vectors are known.

    Power iteration: ``steps`` times replace ``v`` by ``product(v)`` divided by its length; then the eigenvalue is the
    Rayleigh quotient ``v @ product(v) / (v @ v)``.

    Shapes:
        v:       (n,), where to begin
        product: a function from (n,) to (n,)
    """
    # BEGIN SOLUTION
    for _ in range(steps):
        v = product(v)
        v = v / np.linalg.norm(v)
    return v @ product(v) / (v @ v)
    # END SOLUTION
