"""Judging a network on a data set, and its predictions for one."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..data import ArrayDataset, DataLoader, check_finite
from ..layers.core import Array, DtypeError, Layer, ValueRangeError, flatten
from ..losses import Loss
from .metrics import Metric, find_metric
from .modes import evaluation_mode
from .parallel.exchange import ALONE, GradientExchange
from .parallel.parts import part_of
from .step import exchanges, is_empty
from .totals import Totals

__all__ = ["Batches", "evaluate", "predict"]

Batches = Iterable[tuple[Any, Array]]      # x is an array, or a tuple of the inputs of a network that has several


def evaluate(model: Layer, loss: Loss, data: Batches | ArrayDataset, metrics: Iterable[str | Metric] = (),
             exchange: GradientExchange = ALONE) -> dict[str, Any]:
    """Return loss and metrics of a network over a data set, in evaluation mode; the batch size does not matter.

    With an ``exchange`` every process judges a part of each batch, and all have the result.

    Raises: ValueRangeError when there is not one batch; DtypeError for batches that know no parts, if they must.

    Example:
        >>> evaluate(Identity(), MSELoss(), ArrayDataset(np.zeros((5, 1)), np.ones((5, 1))))
        {'loss': 1.0}
    """
    totals = Totals(loss, [find_metric(metric) for metric in metrics])
    with evaluation_mode(model):
        for x, y in part_of(DataLoader(data, 256) if isinstance(data, ArrayDataset) else data, exchange.communicator):
            skipped = exchange.size > 1 and is_empty(x)
            prediction = None if skipped and not exchanges(model) else model.forward(*flatten(x))
            value, divisor = (0.0, 0.0) if skipped else (loss.forward(prediction, y), loss.point().divisor)
            whole = exchange.whole(value, divisor, loss.reduction)
            totals.add(whole.loss, None if skipped else prediction, y, divisor=whole.divisor)
    if not totals.batches:
        raise ValueRangeError("evaluate expected at least one batch, got none")
    return totals.results(exchange.communicator)


def predict(model: Layer, x: Array, batch_size: int | None = 256) -> Array:
    """Return the output of a network for each sample, in evaluation mode, computed batch by batch.

    Shapes:
        x: (N, ...)

    Raises: NonFiniteError for a NaN or an infinity in ``x``; DtypeError for a network of several outputs.

    Example:
        >>> predict(Linear(3, 2), np.ones((5, 3), np.float32)).shape
        (5, 2)
    """
    check_finite(x)
    with evaluation_mode(model):
        outputs = [model.forward(batch) for batch, _ in DataLoader(ArrayDataset(x, x), batch_size)]
    if not isinstance(outputs[0], np.ndarray):
        raise DtypeError(f"predict expected a network with one output array, got {len(outputs[0])} from "
                         f"{type(model).__name__}; put Select(index) behind it")
    return np.concatenate(outputs)
