"""The training step: what every way of training here comes down to."""

from typing import Any, NamedTuple

import numpy as np

from ..layers.batch_norm import BatchNorm
from ..layers.core import Array, Layer, flatten
from ..losses import Loss
from ..optim import Optimizer
from .parallel.exchange import ALONE, GradientExchange

__all__ = ["Step", "add_gradient", "exchanges", "is_empty", "train_step"]


class Step(NamedTuple):
    """What a step found before it changed the weights; ``divisor`` is what the loss of its batch divided by.

    Of a batch whose samples lie on several processes loss, penalty and divisor are those of all, ``prediction`` is for
    the samples here; None if there are none.
    """

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


def add_gradient(model: Layer, loss: Loss, x: Any, y: Array, exchange: GradientExchange = ALONE) -> Step:
    """Add the gradient of a batch to the gradients of the parameters; ``x`` is a tuple for several inputs.

    With an ``exchange`` it is the gradient of all processes' samples, of which those given are the ones here.
    """
    with exchange:
        if exchange.size > 1 and is_empty(x):
            return _take_no_part(model, loss, x, exchange)
        prediction = model.forward(*flatten(x))
        value = loss.forward(prediction, y)
        whole = exchange.whole(value, loss.point().divisor, loss.reduction)
        model.backward(loss.backward(whole.share))
    return Step(whole.loss, prediction, divisor=whole.divisor)


def is_empty(x: Any) -> bool:
    """Return whether a part of a batch has no samples, as where a batch has fewer than there are processes."""
    return bool(flatten(x)[0].shape[0] == 0)


def exchanges(model: Layer) -> bool:
    """Return whether a network has layers that talk to the other processes, so that each must run it."""
    return any(isinstance(layer, BatchNorm) and layer.synchronized for _, layer in model.named_layers())


def _take_no_part(model: Layer, loss: Loss, x: Any, exchange: GradientExchange) -> Step:
    """Add a gradient of zero, with all that the other processes wait for."""
    nothing = flatten(model.forward(*flatten(x))) if exchanges(model) else ()
    whole = exchange.whole(0.0, 0.0, loss.reduction)
    if nothing:
        zeros = tuple(np.zeros_like(each) for each in nothing)
        model.backward(zeros[0] if len(zeros) == 1 else zeros)
    return Step(whole.loss, None, divisor=whole.divisor)
