"""Loss and metrics of a whole data set, added up batch by batch."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

from ..layers.core import Array, ValueRangeError
from ..losses import Loss
from .metrics import Metric
from .parallel.alone import Alone
from .parallel.communicator import Communicator
from .parallel.gathering import gather

__all__ = ["Totals"]

_NOBODY_ELSE = Alone()


class Totals:
    """What loss and metrics would be on all batches at once, however the data was divided.

    With reduction "mean" a batch counts by what the loss divided by: its items, or the weights of their classes. With
    "sum" the batches add up. A penalty is no property of the data, and is averaged over the steps.

    Raises: ValueRangeError for a loss with reduction "none", which is no single number.
    """

    def __init__(self, loss: Loss, metrics: Sequence[Metric] = ()) -> None:
        if loss.reduction == "none":
            raise ValueRangeError(f"training and evaluation expected a loss that is one number, got {loss.title}; "
                                  f"give it reduction='mean' or 'sum'")
        self.source = loss
        self.metrics = metrics
        self.batches = 0
        self.weight = 0.0
        self.loss = 0.0
        self.penalty = 0.0
        self.statistics: list[Any] = []

    def add(self, loss: float, prediction: Array | None, target: Array, penalty: float = 0.0,
            divisor: float | None = None) -> None:
        """Add a batch; ``divisor`` is what its loss divided by, None directly after it was computed.

        Loss, penalty and divisor are those of all processes, ``prediction`` and ``target`` of the samples here; None
        where there are none.
        """
        self.batches += 1
        self.penalty += (penalty - self.penalty) / self.batches
        divisor = self.source.point().divisor if divisor is None else divisor
        if self.source.reduction == "sum":
            self.loss += loss
        elif divisor:                       # where no item counts, the mean is not a number
            self.weight += divisor
            self.loss += (loss - self.loss) * (divisor / self.weight)
        if prediction is None:
            return
        found = [metric.statistics(prediction, target) for metric in self.metrics]
        self.statistics = [a + b for a, b in zip(self.statistics, found, strict=True)] if self.statistics else found

    def gather(self, communicator: Communicator) -> list[Any]:
        """Return the statistics of the metrics over the samples of all processes."""
        found = [each for each in gather(self.statistics, communicator) if each]      # a rank may have had no samples
        return [reduce(add, parts) for parts in zip(*found, strict=True)]

    def results(self, communicator: Communicator = _NOBODY_ELSE) -> dict[str, Any]:
        """Return loss and metrics by name, without the penalty, over the samples of all processes."""
        return {"loss": self.loss} | {metric.name: metric.value(statistics) for metric, statistics
                                      in zip(self.metrics, self.gather(communicator), strict=True)}
