"""An experiment, ready to run: a trainer and its data."""

from dataclasses import dataclass, field
from typing import Any

from ...analysis import Samples
from ...backprop.view import View
from ...data import ArrayDataset, DataLoader
from ...layers.core import Array, Layer, Shape, flatten
from ...models import Summary, summary
from ...training import Callback, Trainer
from ...training.evaluate import Batches, predict
from ...training.sequence import Loader
from .saving import Saving

__all__ = ["Experiment"]

MOST_SAMPLES = 2000     # that a report looks at


@dataclass
class Experiment:
    """What a config describes, made; nothing has been computed yet. A task may extend it.

    Attributes:
        name:        the name of its runs
        trainer:     network, loss, optimizer and callbacks
        loader:      the training data in batches
        epochs:      how often they are gone through
        validation:  judged after every epoch
        test:        judged once, at the end
        checkpoints: what is kept on the way
    """

    name: str
    trainer: Trainer
    loader: Loader
    epochs: int
    validation: ArrayDataset | None = None
    test: ArrayDataset | None = None
    checkpoints: Saving = field(default_factory=Saving)

    @property
    def model(self) -> Layer:
        """The network, in whichever way it trains."""
        model = self.trainer.model
        while isinstance(model, View):
            model = model.model
        return model

    def parts(self) -> dict[str, ArrayDataset]:
        """Return the data for training, validation and test, as far as there is any."""
        parts = {"training": self.loader.dataset, "validation": self.validation, "test": self.test}
        return {name: part for name, part in parts.items() if part is not None}

    def columns(self) -> dict[str, bool]:
        """Return which numbers every row of the history will have to be judged by; True: higher is better."""
        return self.trainer.columns(validation=self.validation is not None)

    def run(self, *callbacks: Callback) -> None:
        """Train until all epochs are done, with callbacks besides those of the config."""
        self.trainer.callbacks.extend(callbacks)
        validation = None if self.validation is None else self.batches(self.validation)
        self.trainer.fit(self.loader, self.epochs - self.trainer.epoch, validation)

    def judge(self) -> dict[str, Any]:
        """Return loss and metrics on the test data, as ``test_…``; nothing without test data."""
        found = {} if self.test is None else self.trainer.evaluate(self.batches(self.test))
        return {f"test_{name}": value for name, value in found.items()}

    def judge_all(self) -> dict[str, dict[str, Any]]:
        """Return loss and metrics by part of the data, without changing anything."""
        parts = {name: part for name, part in self.parts().items() if name != "test"}
        found = {name: self.trainer.evaluate(self.batches(part)) for name, part in parts.items()}
        judged = {name.removeprefix("test_"): value for name, value in self.judge().items()}
        return found | ({"test": judged} if judged else {})

    def predict(self, x: Array) -> Array:
        """Return what the network says about samples that are prepared as the training data were."""
        return predict(self.model, x)

    def summary(self) -> Summary:
        """Return the summary of the network for the data's shape."""
        return summary(self.model, *self.input_shapes())

    def input_shapes(self) -> tuple[Shape, ...]:
        """Return the shapes of the network's inputs, without the batch axis."""
        x, _ = self.first_samples(1)
        return tuple(array.shape[1:] for array in flatten(x))

    def samples(self, name: str) -> Samples | None:
        """Return samples of a part of the data, for a report; None where the network is given something else."""
        part = self.parts()[name]
        x, y = part[:MOST_SAMPLES]
        return Samples(x, y, name, part.preparation.classes)

    def keepsakes(self) -> dict[str, bytes]:
        """Return what the run folder should have besides once training has ended, files by name; here nothing."""
        return {}

    def batches(self, part: ArrayDataset) -> Batches:
        """Return a part of the data in the batches in which it is judged."""
        return DataLoader(part, 256)

    def first_samples(self, count: int) -> tuple[Any, Array]:
        """Return the first training samples: ``x``, a tuple where the network has several inputs, and targets."""
        return self.loader.dataset[:count]
