"""How to read what a network gives: which classes there are, and how sure it is of them."""

from dataclasses import dataclass

import numpy as np
import scipy

from ...layers.core import Array
from ...losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, Loss, NLLLoss

__all__ = ["Reading", "reading_of"]


@dataclass(frozen=True)
class Reading:
    """Predictions read as classes.

    Attributes:
        names:  of the classes
        middle: of a single score, what parts the second class from the first; None where every class has its score
        loss:   says what scores are: probabilities, their logarithms, or neither
    """

    names: tuple[str, ...]
    middle: float | None
    loss: Loss | None

    def scores(self, prediction: Array) -> Array:
        """Return a score for each class, (N, C); the highest wins."""
        if self.middle is None:
            return prediction
        score = prediction.reshape(-1) - self.middle
        return np.stack([np.zeros_like(score), score], axis=1)

    def probabilities(self, prediction: Array) -> Array | None:
        """Return the probability of each class, (N, C), or None where the scores do not tell."""
        scores = self.scores(prediction)
        if isinstance(self.loss, (CrossEntropyLoss, BCEWithLogitsLoss)):
            share: Array = scipy.special.softmax(scores, axis=1)    # of 0 and s it is the logistic function of s
            return share
        if isinstance(self.loss, NLLLoss):
            return np.asarray(np.exp(scores))
        if isinstance(self.loss, BCELoss):
            return np.stack([0.5 - scores[:, 1], 0.5 + scores[:, 1]], axis=1)
        return None


def reading_of(prediction: Array, y: Array, loss: Loss | None) -> tuple[Reading, Array] | None:
    """Return how predictions are to be read, and the numbers of the classes wanted; None where they are no classes.

    Classes are: a score for each and integers as targets; shares of classes under CrossEntropyLoss; and a single
    number where the targets are two values, parted at 0 by BCEWithLogitsLoss, else halfway between the two.

    Example:
        >>> from chainrule.analysis.report.reading import reading_of
        >>> reading, wanted = reading_of(np.array([[0.2], [0.9]]), np.array([[1.0], [0.0]]), None)
        >>> reading.names, wanted.tolist(), reading.scores(np.array([0.9])).argmax(axis=1).tolist()
        (('0', '1'), [1, 0], [1])
    """
    if prediction.ndim == 2 and prediction.shape[1] > 1:
        names = tuple(map(str, range(prediction.shape[1])))
        if y.ndim == 1 and y.dtype.kind in "iu" and y.min() >= 0 and y.max() < len(names):
            return Reading(names, None, loss), y.astype(np.intp)
        if y.shape == prediction.shape and isinstance(loss, CrossEntropyLoss):
            return Reading(names, None, loss), y.argmax(axis=1)
        return None
    values = np.unique(y)
    if prediction.size != len(y) or y.size != len(y) or len(values) != 2:
        return None
    middle = 0.0 if isinstance(loss, BCEWithLogitsLoss) else float(values.mean(dtype=np.float64))
    return (Reading(tuple(f"{value:g}" for value in values), middle, loss),
            (y.reshape(-1) == values[1]).astype(np.intp))
