"""A network around which another rule than the chain rule carries the error back."""

from typing import Any

from ...layers.core import Description, Layer, Shape, call, call_describe

__all__ = ["LearningRule"]


class LearningRule(Layer):
    """A network with its own forward pass, and in the place of the chain rule a rule of how its layers learn.

    To the trainer it is a layer: ``backward(grad_out)`` is given the loss's gradient and adds to those of the
    parameters, only that they are not gradients of the loss. A subclass writes ``backward``.

    Source: Lillicrap et al. 2020, "Backpropagation and the brain", for what the rules have in common.
    """

    forward_mode_gap = "its backward is not the derivative of its forward"

    def __init__(self, network: Layer) -> None:
        self.network = network

    def forward(self, *x: Any) -> Any:
        self.cache = None
        y, self.cache = call(self.network, *x, at=(self, "network"))
        return y

    def describe(self, *x_shapes: Shape) -> Description:
        """As the network."""
        return call_describe(self.network, *x_shapes, at=(self, "network"))[0]
