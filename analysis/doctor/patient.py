"""Who is examined: a trainer and its data, of which every check gets copies."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...layers.batch_norm import BatchNorm
from ...layers.core import Array, DtypeError, flatten
from ...losses import Loss
from ...training import CarriedLoss, Trainer
from ...training.evaluate import Batches
from ...training.learning_rates import copied, endless, generators_kept
from ...training.modes import training_mode

__all__ = ["Patient", "ShortTraining", "pure_loss", "steady_training"]

STEPS = 100     # of the short training
SAMPLES = 2000  # among which samples are chosen


@dataclass
class ShortTraining:
    """A copy that was trained for some steps, and on the way every weight's changes, as shares of its norm."""

    trainer: Trainer
    ratios: dict[str, list[float]] = field(default_factory=dict)


@dataclass
class Patient:
    """A trainer and its data; nothing that a check does changes them.

    Attributes:
        trainer: as it is before training; callbacks and schedule take no part
        batches: what it is to be trained on
        samples: returns the first so many training samples, ``x`` (a tuple for several inputs) and ``y``
        seconds: how long a check may train

    Raises: DtypeError for the trainer of two networks.
    """

    trainer: Trainer
    batches: Batches
    samples: Callable[[int], tuple[Any, Array]]
    seconds: float = 20.0

    def __post_init__(self) -> None:
        if type(self.trainer) is not Trainer:
            raise DtypeError(f"doctor expected one network that learns from one loss, got a "
                             f"{type(self.trainer).__name__}")

    def twin(self) -> Trainer:
        """Return a copy of the trainer, without callbacks."""
        return copied(self.trainer)

    def some(self, count: int) -> tuple[Any, Array]:
        """Return ``count`` samples, spread evenly over the first: data may lie in the order of their classes."""
        x, y = self.samples(SAMPLES)
        chosen = np.linspace(0, len(y) - 1, min(count, len(y))).round().astype(int)
        return (tuple(leaf[chosen] for leaf in flatten(x)) if isinstance(x, tuple) else x[chosen]), y[chosen]

    @cached_property
    def trained(self) -> ShortTraining:
        """A copy after a hundred steps, or as many as there is time for."""
        found = ShortTraining(self.twin())
        weights = [(name, parameter) for name, parameter in found.trainer.model.named_parameters()
                   if len(parameter.shape) > 1 and parameter.requires_grad]
        with generators_kept(self.batches), training_mode(found.trainer.model), self.clock() as is_over:
            for _, (x, y) in zip(range(STEPS), endless(self.batches, found.trainer), strict=False):
                before = [parameter.data.copy() for _, parameter in weights]
                found.trainer.step(x, y)
                for (name, parameter), old in zip(weights, before, strict=True):
                    norm = float(np.linalg.norm(old))
                    if norm:
                        found.ratios.setdefault(name, []).append(float(np.linalg.norm(parameter.data - old)) / norm)
                if is_over():
                    break
        return found

    @contextmanager
    def clock(self) -> Iterator[Callable[[], bool]]:
        """Give a function that says whether time is over, from when it is first asked on: the first step compiles.

        Numbers may overflow inside of the ``with`` block.
        """
        end: list[float] = []

        def is_over() -> bool:
            now = time.monotonic()
            end.append(now + self.seconds)
            return now > end[0]

        with np.errstate(all="ignore"):
            yield is_over


@contextmanager
def steady_training(trainer: Trainer) -> Iterator[None]:
    """Put a model into training mode, in which nothing is drawn: dropout and noise are off."""
    with training_mode(trainer.model):
        for _, layer in trainer.model.named_layers():
            if "rng" in vars(layer) and not isinstance(layer, BatchNorm):
                layer.training = False
        yield


def pure_loss(trainer: Trainer) -> Loss:
    """Return the loss of the scores alone, where a network returns a state too."""
    return trainer.loss.loss if isinstance(trainer.loss, CarriedLoss) else trainer.loss
