"""The training step: what every way of training here comes down to."""

from typing import Any, NamedTuple

from ..layers.core import Array, Layer, flatten
from ..losses import Loss
from ..optim import Optimizer

__all__ = ["Step", "add_gradient", "train_step"]


class Step(NamedTuple):
    """What a step found before it changed the weights; ``divisor`` is what the loss of its batch divided by."""

    loss: float
    prediction: Any
    penalty: float = 0.0
    divisor: float = 1.0


def train_step(model: Layer, loss: Loss, optimizer: Optimizer, x: Array, y: Array) -> float:
    """Run one step of gradient descent on a batch and return its loss."""
    optimizer.zero_grad()
    value: float = loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    optimizer.step()
    return value


def add_gradient(model: Layer, loss: Loss, x: Any, y: Array) -> Step:
    """Add the gradient of a batch to the gradients of the parameters; ``x`` is a tuple for several inputs."""
    prediction = model.forward(*flatten(x))
    value = loss.forward(prediction, y)
    model.backward(loss.backward())
    return Step(value, prediction, divisor=loss.point().divisor)
