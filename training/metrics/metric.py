"""The base of every metric: a number that judges predictions, exact over any division of the data into batches."""

from typing import Any

from ...layers.core import Array

__all__ = ["Metric"]


class Metric:
    """A judgement of predictions, ``value(statistics(prediction, target))``, called as a function of the two.

    ``statistics`` are counts and sums: those of a whole are the sum of those of its parts. So a metric keeps nothing,
    and adding statistics up over batches (or over processes) is exact, where averaging values would not be.

    Attributes:
        name:             what it is called in a history and in YAML
        higher_is_better: which way is up, for whoever waits for an improvement; None: no number to be compared
    """

    name: str
    higher_is_better: bool | None = True

    def statistics(self, prediction: Array, target: Array) -> Any:
        """Return counts and sums over the samples of a batch."""
        raise NotImplementedError(f"{type(self).__name__}.statistics")

    def value(self, statistics: Any) -> Any:
        """Return the metric, given the sum of the statistics of all batches."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def __call__(self, prediction: Array, target: Array) -> Any:
        return self.value(self.statistics(prediction, target))
