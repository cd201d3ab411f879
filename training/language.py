"""Training on a text from left to right: the state goes on from batch to batch, the gradient does not go back."""

import math
from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from ..data import ArrayDataset
from ..layers.core import Array, ValueRangeError, check_size, flatten
from ..losses import Loss
from .metrics import Metric

__all__ = ["CarriedLoss", "ScoresMetric", "Stream"]


class Carried(NamedTuple):
    """What the loss itself keeps, and the state that the batch left."""

    own: Any
    state: tuple[Array, ...]


class CarriedLoss(Loss):
    """A loss of the scores alone, for a network that may return a state too; ``Stream`` takes it to the next batch.

    Formula: loss = loss(scores), prediction = (scores, *state)

    Gradients:
        grad_prediction = (grad_scores, None, …): the state has none, so the past is cut off at the batch's beginning

    Source: Williams & Peng 1990 (truncated backpropagation through time, here h = h').

    Example:
        >>> loss = CarriedLoss(CrossEntropyLoss())
        >>> value = loss.forward((np.zeros((2, 4, 3)), np.ones((1, 2, 5))), np.zeros((2, 3), int))
        >>> [None if grad is None else grad.shape for grad in loss.backward()], loss.state()[0].shape
        ([(2, 4, 3), None], (1, 2, 5))
    """

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.reduction)
        self.loss = loss
        self._loaded: tuple[Array, ...] | None = None       # a state that another process left

    def terms(self, prediction: Any, target: Any) -> tuple[Array, Any]:
        scores, *state = flatten(prediction)
        self._loaded = None
        terms, own = self.loss.terms(scores, target)
        return terms, Carried(own, tuple(state))

    def terms_backward(self, own: Any, scale: float | Array) -> Any:
        grad_scores = self.loss.terms_backward(own.own, scale)
        return (grad_scores, *(None for _ in own.state)) if own.state else grad_scores

    def divisor(self, terms: Array, own: Any) -> float:
        return self.loss.divisor(terms, own.own)

    @property
    def title(self) -> str:
        """That of the loss of the scores."""
        return self.loss.title

    def state(self, stretches: Array | None = None) -> tuple[Array, ...]:
        """Return the state that the last batch left; of one that was taken over, the rows of these ``stretches``."""
        if self._loaded is None:
            state: tuple[Array, ...] = self.point().own.state
            return state
        return tuple(each if stretches is None else each[:, stretches[stretches < each.shape[1]]]
                     for each in self._loaded)

    def carry(self, state: Iterable[Array]) -> None:
        """Take over the state that the last batch of another run left, of all stretches."""
        self._loaded = tuple(state)


class Stream:
    """Batches that follow on from each other: row i of a batch goes on where row i of the batch before it ended.

    The windows of ``dataset``, in order, are cut into ``batch_size`` stretches that are walked side by side. ``x`` of a
    batch is a tuple, the windows and the state that the last batch left to ``loss``; the first has no state. Every
    window comes once; the last batches are smaller where the stretches do not come out even.

    Shapes:
        x: ((N, …), states of shape (num_layers, N, …))
        y: (N, …)

    Example:
        >>> loss = CarriedLoss(CrossEntropyLoss())
        >>> for (x, *state), y in Stream(text("abcdefghi", length=2), 2, loss):
        ...     value = loss.forward((np.zeros((*y.shape[:1], 9, 2)), np.ones((1, len(x), 3))), y)
        ...     print(x.tolist(), [each.shape for each in state])
        [[0, 1], [4, 5]] []
        [[2, 3], [6, 7]] [(1, 2, 3)]
    """

    def __init__(self, dataset: ArrayDataset, batch_size: int | None, loss: CarriedLoss) -> None:
        self.dataset = dataset
        self.batch_size = 1 if batch_size is None else check_size(batch_size, "batch_size", "Stream")
        self.loss = loss
        self._part = 0, 1

    def __len__(self) -> int:
        return math.ceil(len(self.dataset) / self.batch_size)

    def part(self, rank: int, size: int) -> "Stream":
        """Return the ``rank``-th of ``size`` parts of the stretches.

        Raises: ValueRangeError for fewer stretches than parts.
        """
        if self.batch_size < size:
            raise ValueRangeError(f"{type(self).__name__} expected batch_size of at least the number of processes, "
                                  f"{size}, got {self.batch_size}; raise it, or start fewer")
        part = copy(self)
        part._part = rank, size
        return part

    def stretches(self) -> Array:
        """Return the numbers of the stretches that are walked here."""
        rank, size = self._part
        return np.array_split(np.arange(self.batch_size), size)[rank]

    def __iter__(self) -> Iterator[tuple[tuple[Array, ...], Array]]:
        state: tuple[Array, ...] = ()
        stretches = self.stretches()
        for step in range(len(self)):
            windows = stretches * len(self) + step
            x, y = self.dataset[windows[windows < len(self.dataset)]]
            yield (x, *(each[:, :len(x)] for each in state)), y
            state = self.loss.state(stretches)


class ScoresMetric(Metric):
    """A metric of the scores alone, for a network that may return a state with them.

    Example:
        >>> ScoresMetric(accuracy)((np.eye(3), np.zeros(5)), np.arange(3))
        1.0
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.name, self.higher_is_better = metric.name, metric.higher_is_better

    def statistics(self, prediction: Any, target: Array) -> Any:
        return self.metric.statistics(flatten(prediction)[0], target)

    def value(self, statistics: Any) -> Any:
        return self.metric.value(statistics)
