"""A supervised experiment, ready to run: a trainer and its data."""

from dataclasses import dataclass
from typing import Any

from ..data import ArrayDataset, DataLoader
from ..layers.core import Array, Layer
from ..models import Summary, summary
from ..training import Callback, Trainer

__all__ = ["Experiment"]


@dataclass
class Experiment:
    """What a config describes, made; nothing has been computed yet.

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
    loader: DataLoader
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
        self.trainer.fit(self.loader, self.epochs, self.validation)

    def judge(self) -> dict[str, Any]:
        """Return loss and metrics on the test data, as ``test_…``; nothing without test data."""
        found = {} if self.test is None else self.trainer.evaluate(self.test)
        return {f"test_{name}": value for name, value in found.items()}

    def summary(self) -> Summary:
        """Return the summary of the network for the data's shape."""
        return summary(self.model, self.loader.dataset.x.shape[1:])

    def first_samples(self, count: int) -> tuple[Array, Array]:
        """Return the first training samples."""
        return self.loader.dataset[:count]
