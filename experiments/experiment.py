"""A supervised experiment, ready to run: the trainer, its data, and the checks that need both."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data import ArrayDataset, DataLoader
from ..layers.core import Array, ChainruleError, Layer, Shape, UnknownNameError
from ..models import Summary, summary
from ..training import Callback, Trainer, evaluation_mode
from ..training.totals import Totals
from .binding import Builder, Place

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

    def check(self, builder: Builder) -> None:
        """Find what does not fit together, by shapes and by the targets, before anything is computed.

        Raises: ConfigError at the layer, loss, metric or callback.
        """
        x_shape, size = self.loader.dataset.x.shape, self.loader.batch_size or len(self.loader.dataset)
        for count in {min(size, x_shape[0]), x_shape[0] % size} - {0}:
            self._describe(builder, (count, *x_shape[1:]))
        with evaluation_mode(self.model), np.errstate(all="ignore"):
            for x, y in self._chunks():
                prediction = tuple(np.zeros(shape, np.float32) for shape in self._describe(builder, x.shape))
                self._compare(builder, prediction[0] if len(prediction) == 1 else prediction, y)
        with builder.at("training.callbacks"):
            self._check_monitors()

    def _chunks(self) -> Iterator[tuple[Array, Array]]:
        for part in (self.loader.dataset, self.validation, self.test):
            if part is not None:
                yield from DataLoader(part, 256)

    def _compare(self, builder: Builder, prediction: Any, target: Array) -> None:
        loss = self.trainer.loss
        with builder.at("loss"):
            Totals(loss)
            loss.forward(prediction, target)
        with builder.at("metrics"):
            for metric in self.trainer.metrics:
                metric.statistics(prediction, target)

    def _check_monitors(self) -> None:
        columns = ["loss", *(metric.name for metric in self.trainer.metrics)]
        fix = "" if self.validation else "; val_… needs a validation_size in data"
        columns += [f"val_{name}" for name in columns] if self.validation else []
        for callback in self.trainer.callbacks:
            monitor = getattr(callback, "monitor", None)
            if monitor is not None and monitor not in columns:
                error = UnknownNameError.of(f"monitor of {type(callback).__name__}", monitor, columns)
                raise UnknownNameError(f"{error}{fix}")

    def _describe(self, builder: Builder, x_shape: Shape) -> tuple[Shape, ...]:
        try:
            return self.model.describe(x_shape).y_shapes
        except (ChainruleError, TypeError, ValueError) as error:
            place, layer, notes = _culprit(self.model, builder, getattr(error, "__notes__", []))
            what = str(error) if isinstance(error, ChainruleError) else \
                f"{layer.title} can not take what it is given: {error}; Concat, Add and Select make one of several"
            raise place.error("; ".join([what, *notes])) from error


def _culprit(model: Layer, builder: Builder, notes: list[str]) -> tuple[Place, Layer, list[str]]:
    """Return where the config names the layer whose address the notes of an error give, the layer, and what notes
    lead on from there to a layer that the config does not name."""
    place, layer, inner = builder.places[model], model, list(notes)
    while inner:
        child = next((child for name, child in layer.children() if f"in {layer.place(name)}" == inner[-1]), None)
        if child is None or child not in builder.places:
            break
        place, layer = builder.places[child], child
        inner.pop()
    return place, layer, inner
