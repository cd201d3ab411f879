"""What every task has in common: the sections of its config, its name and seed, and the steps towards an experiment."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..data import ArrayDataset, DataLoader, Standardize
from ..layers.core import Layer, ValueRangeError, check_range, check_size, manual_seed
from ..optim import Optimizer, Schedule
from ..training import Callback, ScheduleRunner
from .binding import Builder
from .experiment import Experiment

__all__ = ["Data", "Task", "Training"]

_NAME = re.compile(r"[\w][\w.-]{0,99}")


@dataclass(frozen=True, kw_only=True)
class Data:
    """``data:`` where samples come from, what is to be predicted, and what is held out.

    Attributes:
        dataset:         a data set by name
        target:          ``x``: the inputs themselves are to be given back
        test_dataset:    a data set of its own to be judged at the end, instead of a part of the other
        test_size:       the part that is judged once, at the end, and that nothing is chosen on
        validation_size: the part that is judged after every epoch, for early stopping and the like; both are a share
                         of all samples below 1, or a number of samples
        stratify:        hold the same share of every class out
        standardize:     bring every feature to mean 0 and deviation 1, as measured on what is left for training
    """

    dataset: Callable[..., ArrayDataset]
    test_dataset: Callable[..., ArrayDataset] | None = None
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
        if self.test_dataset is not None and self.test_size:
            raise ValueRangeError(f"data expected a test_dataset or a test_size, got both; with test_size="
                                  f"{self.test_size} the test data are a part of dataset")

    def load(self, drawing: np.random.Generator) -> ArrayDataset:
        """Return all samples, every number finite."""
        return _finite(self.dataset, drawing)

    def load_test(self, drawing: np.random.Generator) -> ArrayDataset | None:
        """Return the samples of the test data set, if it is one of its own."""
        return None if self.test_dataset is None else _finite(self.test_dataset, drawing)

    def divide(self, whole: ArrayDataset, test: ArrayDataset | None,
               splitting: np.random.Generator) -> dict[str, ArrayDataset]:
        """Return the parts "training", "validation" and "test", the last two where there are any."""
        left, parts = whole, {} if test is None else {"test": test}
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
        if scaler is None and self.target == "y":
            return part         # which may know more than its arrays
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

    def loader(self, part: ArrayDataset, shuffling: np.random.Generator) -> DataLoader:
        """Return the training data in batches, in a new order every epoch."""
        return DataLoader(part, self.batch_size, shuffle=True, rng=shuffling)

    def taking_part(self, optimizer: Optimizer, schedule: Callable[..., Schedule] | None) -> dict[str, Callback]:
        """Return the callbacks by their paths in the config, and with them what moves the learning rate on."""
        found: dict[str, Callback] = {f"training.callbacks.{index}": callback(optimizer=optimizer)
                                      for index, callback in enumerate(self.callbacks)}
        if schedule is not None:
            found["schedule"] = ScheduleRunner(schedule(optimizer=optimizer))
        return found


@dataclass(frozen=True, kw_only=True)
class Task:
    """A whole config, made into an experiment: the base of every task.

    To add a task: extend this class, or ``Supervised`` where one network learns from one loss, in a file of its own;
    write its keys as fields (what YAML may say follows from their annotations: plain values, things of the registry,
    ``Callable[..., Thing]`` for what is made later, and sections, which are dataclasses like ``Data``) and ``build``,
    which puts the experiment together from the divided data. Put it into ``TASKS`` of ``config.py`` under the name
    that its field ``task`` has. An error inside ``with builder.at(path)`` is shown at that place of the file. Nothing
    is computed before ``chainrule train``: hold the parts against each other by shapes, as ``fitting.py`` does.
    Where the experiment does more than train and judge (draw samples for the run folder), extend ``Experiment`` too.
    Then a recipe in ``configs/``, its row in ``docs/yaml.md``, and a test. Reading, ``--set``, all commands, the run
    folder and reproducibility follow without edits.

    Attributes:
        seed: of everything random: weights and dropout, the data, its division, the order of its batches
    """

    task: str
    name: str = "run"
    seed: int = 0
    data: Data

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
        with builder.at("data.test_dataset"):
            test = self.data.load_test(drawing)
        with builder.at("data"):
            parts = self.data.divide(whole, test, splitting)
        return self.build(parts, shuffling, builder)

    def build(self, parts: dict[str, ArrayDataset], shuffling: np.random.Generator, builder: Builder) -> Experiment:
        """Return the experiment on the divided data; ``shuffling`` is for the order of its batches."""
        raise NotImplementedError(f"{type(self).__name__}.build")

    def network(self, recipe: Callable[[], Layer], builder: Builder) -> Layer:
        """Return a network that has something to learn.

        Raises: ConfigError at the network for one without parameters.
        """
        model = recipe()
        if not any(True for _ in model.parameters()):
            raise builder.places[model].error("has no parameters, so there is nothing to train")
        return model


def _finite(dataset: Callable[..., ArrayDataset], drawing: np.random.Generator) -> ArrayDataset:
    samples = dataset(rng=drawing)
    samples.check_finite()
    return samples
