"""An experiment, ready to run: a trainer and its data."""

from dataclasses import dataclass
from typing import Any

from ..data import ArrayDataset, DataLoader
from ..layers.core import Array, Layer, flatten
from ..models import Summary, summary
from ..training import Callback, Trainer
from ..training.evaluate import Batches
from ..training.sequence import Loader

__all__ = ["Experiment"]


@dataclass
class Experiment:
    """What a config describes, made; nothing has been computed yet. A task may extend it.

    Attributes:
        name:       the name of its runs
        trainer:    network, loss, optimizer and callbacks
        loader:     the training data in batches
        epochs:     how often they are gone through
        validation: judged after every epoch
        test:       judged once, at the end
    """

    name: str
    trainer: Trainer
    loader: Loader
    epochs: int
    validation: ArrayDataset | None = None
    test: ArrayDataset | None = None

    @property
    def model(self) -> Layer:
        """The network."""
        return self.trainer.model

    def parts(self) -> dict[str, ArrayDataset]:
        """Return the data for training, validation and test, as far as there is any."""
        parts = {"training": self.loader.dataset, "validation": self.validation, "test": self.test}
        return {name: part for name, part in parts.items() if part is not None}

    def run(self, *callbacks: Callback) -> None:
        """Train, with callbacks besides those of the config."""
        self.trainer.callbacks.extend(callbacks)
        validation = None if self.validation is None else self.batches(self.validation)
        self.trainer.fit(self.loader, self.epochs, validation)

    def judge(self) -> dict[str, Any]:
        """Return loss and metrics on the test data, as ``test_…``; nothing without test data."""
        found = {} if self.test is None else self.trainer.evaluate(self.batches(self.test))
        return {f"test_{name}": value for name, value in found.items()}

    def summary(self) -> Summary:
        """Return the summary of the network for the data's shape."""
        x, _ = self.first_samples(1)
        return summary(self.model, *(array.shape[1:] for array in flatten(x)))

    def keepsakes(self) -> dict[str, bytes]:
        """Return what the run folder should have besides once training has ended, files by name; here nothing."""
        return {}

    def batches(self, part: ArrayDataset) -> Batches:
        """Return a part of the data in the batches in which it is judged."""
        return DataLoader(part, 256)

    def first_samples(self, count: int) -> tuple[Any, Array]:
        """Return the first training samples: ``x``, a tuple where the network has several inputs, and targets."""
        return self.loader.dataset[:count]
