"""The learning-rate range test: in one short run, at which rates the loss falls, and from which on it does not."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, StateError, ValueRangeError, check_range, check_size, default_rng
from .checkpoints.generators import generators_in
from .evaluate import Batches
from .language import CarriedLoss, Stream
from .modes import training_mode
from .trainer import Trainer

__all__ = ["LearningRates", "copied", "endless", "find_learning_rates", "generators_kept"]

_SMOOTHING = 0.8        # of the losses of batches, which are noisy: an average over about five
_BEHIND = 5             # steps, by as many an average over five comes late
_DIVERGED = 4.0         # times the least loss
_FALLS = 0.05           # of the first loss: less is no fall


class LearningRates(NamedTuple):
    """What a range test found.

    Attributes:
        rates:     the rates tried, rising
        losses:    the smoothed loss at each
        slowest:   below it nothing happened; None: at no rate did the loss fall
        fastest:   where the loss was least; from there on it rose, or was too noisy to fall
        suggested: a quarter of ``fastest``, but no less than ``slowest``
    """

    rates: list[float]
    losses: list[float]
    slowest: float | None
    fastest: float | None

    @property
    def suggested(self) -> float | None:
        """A rate that is fast and safe: a loss needs some steps to explode, and the test then is at higher rates."""
        return None if self.fastest is None or self.slowest is None else max(self.fastest / 4, self.slowest)


def find_learning_rates(trainer: Trainer, batches: Batches, low: float = 1e-6, high: float = 10.0,
                        steps: int = 100, seconds: float = math.inf) -> LearningRates:
    """Train a copy of the trainer's network with a rate that rises from ``low`` to ``high``, and watch its loss.

    The steps are the trainer's own, penalties and micro-batches included, callbacks left out; rates of other groups
    keep their proportion to that of the first. The test ends early where the loss is four times its least, or not
    finite, and ``seconds`` after its first step. Network, optimizer and generators are afterwards what they were.

    Raises: ValueRangeError for rates in the wrong order or no batches, StateError for an optimizer without a rate.

    Source: Smith 2017, section 3.3; the exponential rise and the smoothing after Howard & Gugger 2020.

    Example:
        >>> model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.1))
        >>> found = find_learning_rates(trainer, DataLoader(digits(flat=True), 64, shuffle=True))
        >>> found.slowest < found.suggested < found.fastest
        True
    """
    check_range(low, 0.0, high, name="low", owner="find_learning_rates", open_low=True, open_high=True)
    check_size(steps, "steps", "find_learning_rates", least=10)
    if not trainer.optimizer.param_groups[0].get("lr"):
        raise StateError(f"find_learning_rates expected an optimizer with a learning rate above 0, got "
                         f"{trainer.optimizer!r}")
    twin = copied(trainer)
    with generators_kept(batches), np.errstate(all="ignore"):
        rates, losses = _losses(twin, endless(batches, twin), np.geomspace(low, high, steps).tolist(), seconds)
    return LearningRates(rates, losses, *_range(rates, losses))


def copied(trainer: Trainer) -> Trainer:
    """Return a trainer of copies: network, loss, optimizer and penalties, and no callbacks."""
    model, loss, optimizer, penalties = deepcopy(
        (trainer.model, trainer.loss, trainer.optimizer, trainer.penalties))
    twin = Trainer(model, loss, optimizer, penalties=penalties, micro_batch_size=trainer.micro_batch_size,
                   ghost_batch_norm=trainer.ghost_batch_norm)
    twin.callbacks = []
    return twin


def endless(batches: Batches, trainer: Trainer) -> Iterator[tuple[Any, Array]]:
    """Yield the batches of one pass after another, states carried on by the loss of this trainer.

    Raises: ValueRangeError for a pass without a batch.
    """
    if isinstance(batches, Stream) and isinstance(trainer.loss, CarriedLoss):
        batches = Stream(batches.dataset, batches.batch_size, trainer.loss)
    while True:
        count = 0
        for count, batch in enumerate(batches, start=1):        # noqa: B007  counted for what comes after the loop
            yield batch
        if not count:
            raise ValueRangeError("expected at least one batch in every pass over the data, got none")


@contextmanager
def generators_kept(*things: Any) -> Iterator[None]:
    """Put the package's generator, and those in some things, back to where they were."""
    generators = [default_rng(), *generators_in(things)]
    before = [generator.bit_generator.state for generator in generators]
    try:
        yield
    finally:
        for generator, state in zip(generators, before, strict=True):
            generator.bit_generator.state = state


def _losses(trainer: Trainer, batches: Iterator[tuple[Any, Array]],
            rates: list[float], seconds: float) -> tuple[list[float], list[float]]:
    """Return the rates that were tried, and the smoothed loss before a step of each."""
    groups = trainer.optimizer.param_groups
    shares = [group["lr"] / groups[0]["lr"] for group in groups]
    average = 0.0
    losses: list[float] = []
    end = math.inf
    with training_mode(trainer.model):
        for rate, (x, y) in zip(rates, batches, strict=False):
            for group, share in zip(groups, shares, strict=True):
                group["lr"] = rate * share
            step = trainer.step(x, y)
            average = _SMOOTHING * average + (1 - _SMOOTHING) * (step.loss + step.penalty)
            smoothed = average / (1 - _SMOOTHING ** (len(losses) + 1))
            if not math.isfinite(smoothed) or (losses and smoothed > _DIVERGED * max(min(losses), 1e-12)):
                break
            losses.append(smoothed)
            if len(losses) == 1:
                end = time.monotonic() + seconds
            if time.monotonic() > end:
                break
    return rates[:len(losses)], losses


def _range(rates: list[float], losses: list[float]) -> tuple[float | None, float | None]:
    """Return from which rate on the loss fell by a tenth of all that it fell, and the rate at which it was least."""
    if not losses:
        return None, None
    start = losses[:-(-len(losses) // 5)]       # at the slowest rates nothing happens but noise
    first, least = float(np.mean(start)), int(np.argmin(losses))
    if least < len(start) or first - losses[least] < max(_FALLS * first, 2 * float(np.std(start))):
        return None, None
    threshold = first - 0.1 * (first - losses[least])
    began = max((index for index in range(least) if losses[index] > threshold), default=-1) + 1
    return rates[max(began - _BEHIND, 0)], rates[max(least - _BEHIND, 0)]
