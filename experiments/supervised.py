"""``task: supervised``: a network learns to answer inputs with their targets; classes, numbers or the inputs again."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..data import ArrayDataset, DataLoader, Standardize
from ..layers.core import Layer, ValueRangeError, check_range, check_size, manual_seed
from ..losses import Loss, Penalty, weights_of
from ..optim import Optimizer, Schedule
from ..training import Callback, Metric, ScheduleRunner, Trainer
from .binding import Builder
from .experiment import Experiment
from .fitting import check_fit

__all__ = ["Data", "Supervised", "Training"]

_NAME = re.compile(r"[\w][\w.-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Data:
    """``data:`` where samples come from, what is to be predicted, and what is held out.

    Attributes:
        dataset:         a data set by name
        target:          ``x``: the inputs themselves are to be given back
        test_size:       the part that is judged once, at the end, and that nothing is chosen on
        validation_size: the part that is judged after every epoch, for early stopping and the like; both are a share
                         of all samples below 1, or a number of samples
        stratify:        hold the same share of every class out
        standardize:     bring every feature to mean 0 and deviation 1, as measured on what is left for training
    """

    dataset: Callable[..., ArrayDataset]
    target: Literal["x", "y"] = "y"
    test_size: float = 0.0
    validation_size: float = 0.0
    stratify: bool = False
    standardize: bool = False

    def __post_init__(self) -> None:
        for name in ("test_size", "validation_size"):
            size = check_range(getattr(self, name), 0.0, math.inf, name=name, owner="data", open_high=True)
            if size >= 1 and size % 1:
                raise ValueRangeError(f"data expected {name} as a share below 1 or a whole number of samples, "
                                      f"got {size}")

    def load(self, drawing: np.random.Generator) -> ArrayDataset:
        """Return all samples, every number finite."""
        whole = self.dataset(rng=drawing)
        whole.check_finite()
        return whole

    def divide(self, whole: ArrayDataset, splitting: np.random.Generator) -> dict[str, ArrayDataset]:
        """Return the parts "training", "validation" and "test", the last two where they have a size."""
        left, parts = whole, {}
        for name, size in (("test", self.test_size), ("validation", self.validation_size)):
            count = math.ceil(size * len(whole)) if size < 1 else int(size)
            if count >= len(left):
                raise ValueRangeError(f"data expected {name}_size to leave samples for training, got {count} of the "
                                      f"{len(left)} there are")
            if count:
                left, parts[name] = left.split(count, rng=splitting, stratify=self.stratify)
        parts["training"] = left
        scaler = Standardize().fit(left.x) if self.standardize else None
        return {name: self._finished(part, scaler) for name, part in parts.items()}

    def _finished(self, part: ArrayDataset, scaler: Standardize | None) -> ArrayDataset:
        x = part.x if scaler is None else scaler.transform(part.x)
        return ArrayDataset(x, x if self.target == "x" else part.y)


@dataclass(frozen=True, kw_only=True)
class Training:
    """``training:`` for how long and in what portions.

    Attributes:
        epochs:     passes over the training data
        batch_size: samples of a step; nothing (null): all of them
        callbacks:  what takes part besides
    """

    epochs: int
    batch_size: int | None = 32
    callbacks: list[Callable[..., Callback]] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_size(self.epochs, "epochs", "training")
        if self.batch_size is not None:
            check_size(self.batch_size, "batch_size", "training")


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """The whole config of a supervised task.

    Attributes:
        seed:      of everything random: weights and dropout, the data, its division, the order of its batches
        penalties: prices on the weights, which are the parameters of two axes and more
        schedule:  moves the learning rate on after every epoch; a ScheduleRunner among the callbacks can do otherwise
    """

    task: Literal["supervised"] = "supervised"
    name: str = "run"
    seed: int = 0
    data: Data
    model: Callable[[], Layer]
    loss: Loss
    penalties: list[Callable[..., Penalty]] = field(default_factory=list)
    optimizer: Callable[..., Optimizer]
    schedule: Callable[..., Schedule] | None = None
    metrics: list[Metric] = field(default_factory=list)
    training: Training

    def __post_init__(self) -> None:
        check_size(self.seed, "seed", "config", least=0)
        if not _NAME.fullmatch(self.name):
            raise ValueRangeError(f"config expected name as letters, digits, '_', '-' and '.', got {self.name!r}; "
                                  f"it becomes part of the run folder's name")

    def prepare(self, builder: Builder) -> Experiment:
        """Return the experiment, ready to run.

        Raises: ConfigError where parts that are right on their own do not fit together.
        """
        manual_seed(self.seed)
        drawing, splitting, shuffling = map(np.random.default_rng, np.random.SeedSequence(self.seed).spawn(3))
        with builder.at("data.dataset"):
            whole = self.data.load(drawing)
        with builder.at("data"):
            parts = self.data.divide(whole, splitting)
        model = self.model()
        if not any(True for _ in model.parameters()):
            raise builder.places[model].error("has no parameters, so there is nothing to train")
        optimizer = self.optimizer(params=model.parameters())
        callbacks: dict[str, Callback] = {f"training.callbacks.{index}": callback(optimizer=optimizer)
                                          for index, callback in enumerate(self.training.callbacks)}
        if self.schedule is not None:
            callbacks["schedule"] = ScheduleRunner(self.schedule(optimizer=optimizer))
        penalties = [penalty(parameters=weights_of(model)) for penalty in self.penalties]
        with builder.at("loss"):
            trainer = Trainer(model, self.loss, optimizer, penalties=penalties, metrics=self.metrics,
                              callbacks=callbacks.values())
        loader = DataLoader(parts["training"], self.training.batch_size, shuffle=True, rng=shuffling)
        experiment = Experiment(self.name, trainer, loader, self.training.epochs,
                                parts.get("validation"), parts.get("test"))
        check_fit(experiment, callbacks, builder)
        return experiment
