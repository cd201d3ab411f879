"""Loss and metrics of a whole data set, added up batch by batch."""

from collections.abc import Sequence
from typing import Any

from ..layers.core import Array, ValueRangeError
from ..losses import Loss
from .metrics import Metric

__all__ = ["Totals"]


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

    def add(self, loss: float, prediction: Array, target: Array, penalty: float = 0.0,
            divisor: float | None = None) -> None:
        """Add a batch; ``divisor`` is what its loss divided by, None directly after it was computed."""
        self.batches += 1
        self.penalty += (penalty - self.penalty) / self.batches
        divisor = self.source.point().divisor if divisor is None else divisor
        if self.source.reduction == "sum":
            self.loss += loss
        elif divisor:                       # where no item counts, the mean is not a number
            self.weight += divisor
            self.loss += (loss - self.loss) * (divisor / self.weight)
        found = [metric.statistics(prediction, target) for metric in self.metrics]
        self.statistics = [a + b for a, b in zip(self.statistics, found, strict=True)] if self.statistics else found

    def results(self) -> dict[str, Any]:
        """Return loss and metrics by name, without the penalty."""
        return {"loss": self.loss} | {metric.name: metric.value(statistics) for metric, statistics
                                      in zip(self.metrics, self.statistics, strict=True)}
