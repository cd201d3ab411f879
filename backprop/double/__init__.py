"""Double backpropagation: training on what the network's derivative with respect to its input is."""

from .locally_linear import bent_layer
from .passes import double_backward, input_gradient
from .penalties import GradientPenalty, JacobianPenalty, NetworkPenalty, jacobian_norms
from .slope import SlopePenalty

__all__ = [
    "GradientPenalty",
    "JacobianPenalty",
    "NetworkPenalty",
    "SlopePenalty",
    "bent_layer",
    "double_backward",
    "input_gradient",
    "jacobian_norms",
]
