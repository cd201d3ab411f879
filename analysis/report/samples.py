"""Some of the data, and what a network makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...layers.core import Array, Layer, replay
from ...losses import Loss
from ...training import evaluation_mode
from .reading import Reading, reading_of

__all__ = ["Judgement", "Samples", "judge", "run_quietly"]

MOST = 2000         # samples that are looked at: a report must not cost what an epoch costs
BATCH = 256


@dataclass(frozen=True)
class Samples:
    """Data to show a network at, with targets.

    Attributes:
        x, y:    (N, ...), inputs and targets; ``x`` is a tuple where the network has several inputs
        name:    which data they are, such as "validation"
        classes: names of the classes, if there are classes and they have names
    """

    x: Any
    y: Array
    name: str = "validation"
    classes: Sequence[str] | None = None


@dataclass(frozen=True)
class Judgement:
    """What a network makes of the first samples.

    Attributes:
        x, y:              what was judged
        prediction:        what came out
        reading:           how that is read as classes; None where it is no classes, but numbers
        wanted, predicted: (N,), numbers of classes; empty for numbers
        sureness:          (N,), the probability of the class predicted; None where scores do not tell
        doubt:             (N,), how far the score of the class predicted is above that of the class wanted, or the
                           mean absolute error: where it is worst, it is largest
    """

    x: Array
    y: Array
    prediction: Array
    reading: Reading | None
    wanted: Array
    predicted: Array
    sureness: Array | None
    doubt: Array

    def worst(self, count: int) -> list[int]:
        """Return the numbers of the worst samples, worst first; of classes, wrong ones only."""
        order = [int(each) for each in np.argsort(-self.doubt, kind="stable")]
        return [each for each in order if self.reading is None or self.predicted[each] != self.wanted[each]][:count]


def run_quietly(model: Layer, x: Array) -> Any:
    """Return the output for every sample as one array, or None for a network of several outputs.

    Neither generators nor running statistics move, so training goes on as if nobody had looked.
    """
    with evaluation_mode(model):
        again = replay(model)
        outputs = [again(x[start:start + BATCH]) for start in range(0, len(x), BATCH)]
    return np.concatenate(outputs) if all(isinstance(each, np.ndarray) and each.ndim for each in outputs) else None


def judge(model: Layer, samples: Samples, loss: Loss | None = None) -> Judgement | None:
    """Return what a network makes of the first 2,000 samples; None where it has several inputs or outputs, or where
    there is no comparing an answer with its target."""
    if not isinstance(samples.x, np.ndarray):
        return None
    x, y = samples.x[:MOST], samples.y[:MOST]
    first = run_quietly(model, x[:1])       # whether it is worth while
    if first is None or (first.shape != y[:1].shape and (first.ndim, y.ndim) not in ((2, 1), (1, 1), (1, 2))):
        return None
    prediction = run_quietly(model, x)
    found = reading_of(prediction, y, loss)
    if found is None:
        nothing, alike = np.zeros(0, np.intp), prediction.shape == y.shape and y.dtype.kind == "f"
        doubt = np.abs(prediction - y).reshape(len(y), -1).mean(axis=1) if alike else np.zeros(len(y))
        return Judgement(x, y, prediction, None, nothing, nothing, None, doubt)
    reading, wanted = found
    if samples.classes is not None and len(samples.classes) == len(reading.names):
        reading = replace(reading, names=tuple(samples.classes))
    scores, share, rows = reading.scores(prediction), reading.probabilities(prediction), np.arange(len(y))
    predicted = scores.argmax(axis=1)
    return Judgement(x, y, prediction, reading, wanted, predicted, None if share is None else share[rows, predicted],
                     scores[rows, predicted] - scores[rows, wanted])
