"""``task: sequence``: a network of two inputs learns to answer sequences with sequences, and is judged by its own."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data import ArrayDataset, DataLoader
from ...layers.core import Array, ShapeError, show_shape
from ...training import ExactSequences, Metric, TeacherForcing, Trainer, decode, shifted
from ...training.evaluate import Batches
from ..binding import Builder
from .experiment import Experiment
from .supervised import Supervised

__all__ = ["Sequence"]

SAMPLES = 20        # answers that are kept, and looked at


@dataclass(frozen=True, kw_only=True)
class Sequence(Supervised):
    """The whole config of a sequence task: supervised, with the right answer so far as a second input.

    The model has two inputs, source and answer so far, as ``seq2seq`` has. Class 0 is the mark that begins an answer.
    Afterwards the network answers the first test samples on its own (greedy decoding), which the run folder keeps.
    """

    task: str = "sequence"

    def measures(self) -> list[Metric]:
        return list({metric.name: metric for metric in (ExactSequences(), *self.metrics)}.values())

    def experiment(self, trainer: Trainer, parts: dict[str, ArrayDataset], shuffling: np.random.Generator,
                   builder: Builder) -> Experiment:
        training = parts["training"]
        with builder.at("data.dataset"):
            if training.y.ndim != 2 or training.y.dtype.kind not in "iu":
                raise ShapeError(f"sequence expected targets (N, T) of whole numbers, got {training.y.dtype} of shape "
                                 f"{show_shape(training.y.shape)}; copying has them")
        loader = TeacherForcing(self.training.loader(training, shuffling))
        return SequenceExperiment(self.name, trainer, loader, self.training.epochs, parts.get("validation"),
                                  parts.get("test"), self.training.checkpoints)


class SequenceExperiment(Experiment):
    """One whose network has two inputs, and that answers on its own at the end."""

    def batches(self, part: ArrayDataset) -> Batches:
        """Return a part of the data with the right answers so far."""
        return TeacherForcing(DataLoader(part, 256))

    def first_samples(self, count: int) -> tuple[Any, Array]:
        """Return the first training samples, their inputs as a pair."""
        x, y = super().first_samples(count)
        return (x, shifted(y)), y

    def samples(self, name: str) -> None:
        """Return nothing: answers are sequences, which have no picture."""

    def judge(self) -> dict[str, Any]:
        """Return loss and metrics on the test data, and the share of sequences that greedy decoding gets right."""
        if self.test is None:
            return {}
        right = (self.answers(self.test) == self.test.y).all(axis=1)
        return super().judge() | {"test_exact_greedy": float(right.mean())}

    def keepsakes(self) -> dict[str, bytes]:
        """Return sources and the network's own answers to them, ``answers.txt``."""
        part = self.test or self.loader.dataset
        some = ArrayDataset(part.x[:SAMPLES], part.y[:SAMPLES])
        lines = [f"{' '.join(map(str, x))} -> {' '.join(map(str, answer))}{'' if (answer == y).all() else '  (wrong)'}"
                 for x, y, answer in zip(some.x, some.y, self.answers(some), strict=True)]
        return {"answers.txt": ("\n".join(lines) + "\n").encode()}

    def predict(self, x: Array) -> Array:
        """Return the network's own answers to sources, as long as those of the training data."""
        length = self.loader.dataset.y.shape[1]
        return np.concatenate([decode(self.model, batch, length) for batch, _ in DataLoader(ArrayDataset(x, x), 256)])

    def answers(self, part: ArrayDataset) -> Array:
        """Return what the network answers to the sources of a part, told nothing else."""
        return np.concatenate([decode(self.model, x, y.shape[1]) for x, y in DataLoader(part, 256)])
