"""The penalty that holds the slope of a critic near one, by which a GAN becomes a WGAN-GP."""

from typing import Any

import numpy as np

from ...layers.core import Array, Layer, NonNegative, ShapeError, check_range, show_shape
from .passes import double_backward, input_gradient
from .penalties import NetworkPenalty

__all__ = ["SlopePenalty"]


class SlopePenalty(NetworkPenalty):
    """``weight * ((norm(grad_x) - target)**2).mean()``, with grad_x the gradient of every sample's one score.

    Taken between data and samples (``GANTrainer(discriminator_penalties=...)``) it lets a critic rise with slope one
    from samples to data, as the best 1-Lipschitz critic does.

    Gradients:
        ``double_backward`` along ``2 * weight / N * (norm - target) / norm * grad_x``

    Raises: ValueRangeError for a negative weight or target, ShapeError for a network of several scores.

    Source: Gulrajani et al. 2017, "Improved training of Wasserstein GANs", equation 3.

    Example:
        >>> from chainrule.backprop import SlopePenalty
        >>> critic = Linear(2, 1)
        >>> critic.weight.data = [[3.0, 4.0]]
        >>> SlopePenalty(critic, weight=10.0).forward(critic.forward(np.zeros((6, 2), np.float32)))
        160.0
    """

    def __init__(self, model: Layer, weight: NonNegative = 10.0, target: NonNegative = 1.0) -> None:
        super().__init__(model, weight)
        self.target = check_range(target, 0.0, float("inf"), name="target", owner="SlopePenalty")

    def forward(self, prediction: Any = None) -> float:
        """Return the penalty, given what the network has just answered."""
        return self._steep(input_gradient(self.model, self._ones(prediction)))[0]

    def backward(self, grad_out: float = 1.0, prediction: Any = None) -> None:
        """Add the penalty's gradient to those of the parameters, ``grad_out`` times."""
        self._back(grad_out, prediction)

    def add_gradient(self, prediction: Any) -> float:
        return self._back(1.0, prediction)

    def _back(self, grad_out: float, prediction: Any) -> float:
        def price(grad_x: Array) -> tuple[float, Array]:
            value, direction = self._steep(grad_x)
            return value, np.asarray(grad_out * direction, grad_x.dtype)
        return double_backward(self.model, self._ones(prediction), price)

    def _steep(self, grad_x: Array) -> tuple[float, Array]:
        """Return the price of every sample's slope, and its gradient, which is zero where there is no slope."""
        rows = grad_x.reshape(len(grad_x), -1)
        norms = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        misses, scale = norms - self.target, self.weight / len(rows)
        away = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
        return scale * float(np.vdot(misses, misses)), (2 * scale * misses * away).reshape(grad_x.shape)

    def _ones(self, prediction: Any) -> Array:
        if not isinstance(prediction, np.ndarray) or prediction.size != len(prediction):
            raise ShapeError(f"SlopePenalty expected the network's last output as prediction, one score a sample, got "
                             f"{show_shape(np.shape(prediction))}")
        return np.ones_like(prediction)
