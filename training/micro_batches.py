"""The gradient of a batch, added up over parts of it: the caches of one part are all that memory must hold."""

import math
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np

from ..layers.batch_norm import BatchNorm
from ..layers.core import Array, Layer, ShapeError, ValueRangeError, flatten
from ..losses import Loss
from .parallel.exchange import ALONE, GradientExchange
from .step import Step, add_gradient

__all__ = ["accumulate_gradient", "check_separable", "micro_batches", "taken"]


def check_separable(model: Layer, ghost_batch_norm: bool = False) -> None:
    """Raise ValueRangeError for a layer whose output for a sample depends on the rest of the batch.

    ``ghost_batch_norm`` lets batch norms pass, which then take their statistics from every part on its own.

    Source: Hoffer, Hubara & Soudry 2017, algorithm 1 (ghost batch norm).
    """
    for path, layer in model.named_layers():
        if isinstance(layer, BatchNorm) and (layer.synchronized or not ghost_batch_norm):
            raise ValueRangeError(f"micro_batch_size expected layers that treat every sample alone, got {layer.title} "
                                  f"at {path!r}, whose statistics would be those of a part of the batch; pass "
                                  f"ghost_batch_norm=True if that is wanted, or use GroupNorm")
        if getattr(layer, "scale_grad_by_freq", False):
            raise ValueRangeError(f"micro_batch_size expected layers that treat every sample alone, got {layer.title} "
                                  f"at {path!r}, which counts indices in the whole batch; leave scale_grad_by_freq "
                                  f"at False")


def micro_batches(x: Any, y: Any, size: int) -> Iterator[tuple[Any, Any]]:
    """Yield a batch in parts of at most ``size`` samples; ``x`` and ``y`` may be tuples.

    Raises: ShapeError for an array that has not one row for each sample.

    Example:
        >>> from chainrule.training.micro_batches import micro_batches
        >>> [len(x) for x, y in micro_batches(np.zeros((5, 3)), np.zeros(5), size=2)]
        [2, 2, 1]
    """
    rows = [leaf.shape[0] if leaf.shape else 0 for leaf in (*flatten(x), *flatten(y))]
    if len(set(rows)) > 1:
        raise ShapeError(f"micro_batch_size expected every array of a batch to have one row for each sample, got "
                         f"{', '.join(map(str, rows))} rows; put the batch axis first, or set no micro_batch_size")
    for start in range(0, rows[0], size):
        part = slice(start, start + size)
        yield taken(x, part), taken(y, part)


def accumulate_gradient(model: Layer, loss: Loss, x: Any, y: Array, size: int,
                        exchange: GradientExchange = ALONE) -> Step:
    """Make the gradients of the parameters, which are zero, those of a batch, a part of ``size`` samples at a time.

    With an ``exchange`` it is the gradient of all processes' samples, of which those given are the ones here; what they
    add up to is sent while the last part goes back.

    Formula: grad = (divisor * grad of the part, summed over the parts) / divisor.sum()

    where a mean over the parts' means would be wrong: their sizes, or the weights of their classes, differ.
    """
    parts = list(micro_batches(x, y, size))
    if len(parts) == 1 and exchange.size == 1:
        return add_gradient(model, loss, x, y)
    total, divisor, predictions = 0.0, 0.0, []
    with ExitStack() as last:
        for index, (part_x, part_y) in enumerate(parts):
            if index == len(parts) - 1:
                last.enter_context(exchange)
            prediction = model.forward(*flatten(part_x))
            value = loss.forward(prediction, part_y)
            weight = loss.point().divisor
            model.backward(loss.backward(weight))
            total, divisor = total + value * weight if weight else total, divisor + weight
            predictions.append(prediction)
        if not parts:
            last.enter_context(exchange)
    if loss.reduction == "sum":
        divisor = 1.0
    whole = exchange.whole(total / divisor if divisor else math.nan, divisor, loss.reduction)
    if loss.reduction != "sum" and whole.divisor:
        _scale(model, 1 / whole.divisor)
    return Step(whole.loss, _joined(predictions) if predictions else None, divisor=whole.divisor)


def taken(values: Any, part: slice | Array) -> Any:
    """Return the chosen samples of an array, or of each array of a tuple."""
    return tuple(taken(value, part) for value in values) if isinstance(values, (tuple, list)) else values[part]


def _joined(predictions: list[Any]) -> Any:
    if isinstance(predictions[0], (tuple, list)):
        return tuple(_joined(list(parts)) for parts in zip(*predictions, strict=True))
    return np.concatenate(predictions)


def _scale(model: Layer, factor: float) -> None:
    for parameter in model.parameters():
        if parameter.reached and parameter.requires_grad:
            grad = parameter.grad       # not assigned to, which would forget the rows that were touched
            grad *= factor
