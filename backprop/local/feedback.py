"""Feedback alignment: the error goes back through random matrices instead of the weights."""

from typing import Any

import numpy as np

from ...layers import Linear
from ...layers.conv import ConvNd
from ...layers.core import (
    Array,
    Buffer,
    Layer,
    Parameter,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    backward_rule,
    call_back,
    default_rng,
    show_shape,
)
from ...losses import weights_of
from ...training.modes import frozen
from .rule import LearningRule

__all__ = ["DirectFeedbackAlignment", "FeedbackAlignment"]


class FeedbackAlignment(LearningRule):
    """A network whose Linear and convolutions send the error back through fixed random weights, not their own.

    No layer has to know the weights above it ("weight transport"); forward weights come to align with the random ones.

    Gradients:
        grad_x      = grad_out @ feedback            in the place of grad_out @ weight
        grad_weight = grad_out.T @ x                 as ever, of what arrives

    Raises: ValueRangeError for weights in layers of other kinds, which would go back through themselves.

    Source: Lillicrap et al. 2016, "Random synaptic feedback weights support error backpropagation for deep learning".

    Example:
        >>> from chainrule.backprop import FeedbackAlignment
        >>> model = FeedbackAlignment(Sequential(Linear(4, 8), ReLU(), Linear(8, 3)))
        >>> y = model.forward(np.ones((5, 4), np.float32))
        >>> model.backward(np.ones((5, 3), np.float32)).shape
        (5, 4)
    """

    def __init__(self, network: Layer, *, rng: np.random.Generator | None = None) -> None:
        super().__init__(network)
        self._layers: list[Any] = [layer for _, layer in network.named_layers() if isinstance(layer, (Linear, ConvNd))]
        known = {id(layer.weight) for layer in self._layers}
        if not known or any(id(weight) not in known for weight in weights_of(network)):
            raise ValueRangeError(f"{type(self).__name__} expected a network whose weights are those of Linear and "
                                  f"convolutions, got {network!r}")
        drawn = default_rng(rng).standard_normal
        self.feedback = [Buffer(drawn(shape) * layer.weight.data.std())
                         for layer, shape in zip(self._layers, self.shapes(), strict=True)]

    def shapes(self) -> list[Shape]:
        """Return the shape of the feedback of every layer."""
        return [layer.weight.shape for layer in self._layers]

    def backward(self, grad_out: Array) -> Any:
        entry = self.saved()

        def rule(layer: Any, grad: Array) -> Array | None:
            feedback = self.feedback[self._layers.index(layer)].data
            wanted, layer.needs_input_grad = layer.needs_input_grad, False
            layer.backward(grad)
            layer.needs_input_grad = wanted
            return self.send(layer, feedback, grad, grad_out) if wanted else None

        with backward_rule(Linear, rule), backward_rule(ConvNd, rule):
            return call_back(self.network, entry, grad_out, needs_input_grad=self.needs_input_grad,
                             at=(self, "network"))

    def send(self, layer: Any, feedback: Array, grad: Array, error: Array) -> Array:
        """Return what a layer sends to the one below, given its own ``grad_out`` and that of the network."""
        weight, layer.weight = layer.weight, Parameter(feedback, requires_grad=False, dtype=feedback.dtype)
        try:
            with frozen(layer):
                return np.asarray(layer.backward(grad))
        finally:
            layer.weight = weight


class DirectFeedbackAlignment(FeedbackAlignment):
    """A network of Linear layers, each of which gets the error of the output at once, through its own random matrix.

    Nothing waits for the layers above. Convolutions may stand first alone, where nobody wants their input's gradient.

    Gradients:
        grad_x      = error @ feedback               error is the network's own grad_out, (N, outputs)
        grad_weight = grad_out.T @ x                 as ever, of what arrives

    Raises: ValueRangeError for other layers with weights, ShapeError where the output is not (N, outputs).

    Source: Nøkland 2016, "Direct feedback alignment provides learning in deep neural networks".

    Example:
        >>> from chainrule.backprop import DirectFeedbackAlignment
        >>> model = DirectFeedbackAlignment(Sequential(Linear(4, 8), ReLU(), Linear(8, 3)))
        >>> y = model.forward(np.ones((5, 4), np.float32))
        >>> model.backward(np.ones((5, 3), np.float32)).shape
        (5, 4)
    """

    def shapes(self) -> list[Shape]:
        outputs = self._layers[-1].weight.shape[0]
        return [(outputs, layer.weight.data[0].size) for layer in self._layers]

    def send(self, layer: Any, feedback: Array, grad: Array, error: Array) -> Array:
        x_shape = layer.saved().shape
        if error.shape[1:] != feedback.shape[:1] or len(x_shape) != 2:
            raise ShapeError(f"DirectFeedbackAlignment expected {layer.title} to see rows, and an error of shape "
                             f"{show_shape(('N', feedback.shape[0]))}, got {show_shape(x_shape)} and "
                             f"{show_shape(error.shape)}")
        return as_dtype(error @ feedback, grad.dtype)
