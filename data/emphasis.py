"""Samples on which the network errs, shown more often than the others."""

import math
from collections.abc import Callable

import numpy as np

from ..layers.core import Array, NonNegative, Positive, ShapeError, check_range, show_shape

__all__ = ["EmphasisSampler"]


class EmphasisSampler:
    """Every sample once in a pass, in a new order, and among them ``emphasis`` times as many by their errors.

    ``errors`` is asked at the beginning of every pass how large the error of each sample is now, such as ``lambda:
    loss.forward(model.predict(train.x), train.y)`` with ``reduction="none"``. A sample comes again with a probability
    in proportion to it, but to no more than ``most`` times the mean: an outlier is not to take the place of all
    others.

    Shapes:
        errors(): (N,), or (N, ...), of which the sum counts; none below 0

    Raises: ShapeError for errors of another number of samples.

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.2.

    Example:
        >>> sampler = EmphasisSampler(lambda: np.array([0.0, 0.0, 0.0, 1.0]), 4, emphasis=0.5)
        >>> sorted(sampler.indices(np.random.default_rng(0)).tolist())
        [0, 1, 2, 3, 3, 3]
    """

    def __init__(self, errors: Callable[[], Array], num_samples: int, emphasis: NonNegative = 0.5,
                 most: Positive = 10.0) -> None:
        self.errors = errors
        self.num_samples = num_samples
        self.emphasis = check_range(emphasis, 0.0, math.inf, name="emphasis", owner="EmphasisSampler", open_high=True)
        self.most = check_range(most, 0.0, math.inf, name="most", owner="EmphasisSampler", open_low=True)

    def __len__(self) -> int:
        return self.num_samples + round(self.emphasis * self.num_samples)

    def indices(self, rng: np.random.Generator) -> Array:
        """Return the numbers of the samples of a pass."""
        errors = np.asarray(self.errors(), np.float64)
        if errors.shape[:1] != (self.num_samples,):
            raise ShapeError(f"EmphasisSampler expected an error for each of {self.num_samples} samples, got shape "
                             f"{show_shape(errors.shape)}")
        errors = errors.reshape(self.num_samples, -1).sum(axis=1)
        weight = np.minimum(errors, self.most * errors.mean())
        again = rng.choice(self.num_samples, len(self) - self.num_samples, p=weight / weight.sum() if weight.any() else
                           None)
        return rng.permutation(np.concatenate([np.arange(self.num_samples), again]))
