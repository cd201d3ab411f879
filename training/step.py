"""The training step: what every way of training here comes down to."""

from ..layers.core import Array, Layer
from ..losses import Loss
from ..optim import Optimizer

__all__ = ["train_step"]


def train_step(model: Layer, loss: Loss, optimizer: Optimizer, x: Array, y: Array) -> float:
    """Run one step of gradient descent on a batch and return its loss."""
    optimizer.zero_grad()
    value: float = loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    optimizer.step()
    return value
