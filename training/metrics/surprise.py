"""How surprised a network is by what is wanted: bits per character, perplexity."""

import math

import numpy as np

from ...layers.core import Array, ShapeError, show_shape
from .metric import Metric

__all__ = ["BitsPerCharacter", "Perplexity", "Surprise", "bits_per_character", "perplexity"]


class Surprise(Metric):
    """How surprised a network is by the classes wanted: ``-log(softmax(prediction)[target])``, mean over the items.

    Shapes:
        prediction: (N, C, ...) scores
        target:     (N, ...) integers, ``ignore_index`` where not judged
    """

    higher_is_better = False

    def __init__(self, ignore_index: int = -100) -> None:
        self.ignore_index = ignore_index

    def statistics(self, prediction: Array, target: Array) -> Array:
        if prediction.ndim < 2 or target.shape != (prediction.shape[0], *prediction.shape[2:]) \
                or target.dtype.kind not in "iu":
            raise ShapeError(f"{type(self).__name__} expected target as one integer for each item of prediction "
                             f"{show_shape(prediction.shape)}, got {target.dtype} of shape {show_shape(target.shape)}")
        judged = target != self.ignore_index
        scores = prediction - prediction.max(axis=1, keepdims=True)
        wanted = np.take_along_axis(scores, np.where(judged, target, 0)[:, None], axis=1)[:, 0]
        surprise = np.log(np.exp(scores).sum(axis=1)) - wanted
        return np.array([surprise[judged].sum(dtype=np.float64), np.count_nonzero(judged)])

    def mean(self, statistics: Array) -> float:
        """Return the mean in nats."""
        total, judged = statistics.tolist()
        return total / judged if judged else float("nan")


class BitsPerCharacter(Surprise):
    """The bits that a code by the network's probabilities needs for a character: its mean surprise, ``nats / log(2)``.

    Example:
        >>> bits_per_character(np.zeros((1, 8, 5)), np.zeros((1, 5), int))
        3.0
    """

    name = "bits_per_character"

    def value(self, statistics: Array) -> float:
        return self.mean(statistics) / math.log(2)


class Perplexity(Surprise):
    """Among how many classes, all as likely, a network might as well guess: ``exp(nats)`` of its mean surprise.

    Example:
        >>> round(perplexity(np.zeros((1, 8, 5)), np.zeros((1, 5), int)), 6)
        8.0
    """

    name = "perplexity"

    def value(self, statistics: Array) -> float:
        return math.exp(min(self.mean(statistics), 700.0))      # beyond, no float holds it


bits_per_character = BitsPerCharacter()
perplexity = Perplexity()
