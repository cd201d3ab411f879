"""How often a sequence is right from its beginning to its end."""

import numpy as np

from ...layers.core import Array
from .class_metric import ClassMetric

__all__ = ["ExactSequences", "exact_sequences"]


class ExactSequences(ClassMetric):
    """The share of sequences that are predicted rightly at every place.

    Under teacher forcing it is the very share that greedy decoding gets right: as long as all was right, the two are
    given the same.

    Shapes:
        prediction: (N, C, T) scores, the highest wins
        target:     (N, T) integers, ``ignore_index`` where not judged

    Example:
        >>> exact_sequences(np.eye(3)[None, :, [0, 1]], np.array([[0, 1]]))
        1.0
    """

    name = "exact_sequences"

    def statistics(self, prediction: Array, target: Array) -> Array:
        self.classes(prediction, target)
        right = (prediction.argmax(axis=1) == target) | (target == self.ignore_index)
        return np.array([np.count_nonzero(right.reshape(len(target), -1).all(axis=1)), len(target)])

    def value(self, statistics: Array) -> float:
        correct, judged = statistics.tolist()
        return correct / judged if judged else float("nan")


exact_sequences = ExactSequences()
