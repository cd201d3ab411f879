"""Which samples a pass shows: each as often as its weight says, for classes that are not equally frequent."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from ..layers.core import Array, ShapeError, ValueRangeError, check_size, default_rng

__all__ = ["Sampler", "WeightedRandomSampler", "balanced_weights"]


class Sampler(Protocol):
    """What decides which samples a pass shows, and in which order; all that it draws comes from ``rng``."""

    def __len__(self) -> int: ...

    def indices(self, rng: np.random.Generator) -> Array:
        """Return the numbers of the samples."""


class WeightedRandomSampler:
    """Draw ``num_samples`` samples, each with a probability in proportion to its weight, put back or not.

    Shapes:
        weights: (N,), none below 0

    Raises: ValueRangeError for weights that nothing can be drawn by.

    Source: torch.utils.data.WeightedRandomSampler.

    Example:
        >>> y = np.array([0] * 90 + [1] * 10)
        >>> sampler = WeightedRandomSampler(balanced_weights(y), num_samples=1000)
        >>> bool(abs(y[sampler.indices(np.random.default_rng(0))].mean() - 0.5) < 0.05)
        True
    """

    def __init__(self, weights: Sequence[float] | Array, num_samples: int, replacement: bool = True) -> None:
        self.weights = np.asarray(weights, np.float64)
        self.num_samples = check_size(num_samples, "num_samples", "WeightedRandomSampler")
        self.replacement = replacement
        if self.weights.ndim != 1 or not np.isfinite(self.weights).all() or not (self.weights >= 0).all() \
                or not self.weights.any():
            raise ValueRangeError("WeightedRandomSampler expected weights as a list of finite numbers of at least 0, "
                                  "not all 0")
        if not replacement and np.count_nonzero(self.weights) < num_samples:
            raise ValueRangeError(f"WeightedRandomSampler expected at least num_samples={num_samples} weights above 0 "
                                  f"to draw without replacement, got {np.count_nonzero(self.weights)}")

    def __len__(self) -> int:
        return self.num_samples

    def __iter__(self) -> Iterator[int]:
        yield from self.indices(default_rng()).tolist()

    def indices(self, rng: np.random.Generator) -> Array:
        """Return the numbers of the samples drawn."""
        return rng.choice(len(self.weights), self.num_samples, self.replacement, self.weights / self.weights.sum())


def balanced_weights(y: Array) -> Array:
    """Return a weight for each sample with which every class is drawn equally often: one over the class's frequency.

    Shapes:
        y: (N,) integers

    Example:
        >>> balanced_weights(np.array([0, 0, 0, 1])).round(3).tolist()
        [0.333, 0.333, 0.333, 1.0]
    """
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise ShapeError(f"balanced_weights expected y of shape (N,), a class for each sample, got {y.dtype} of shape "
                         f"{y.shape}")
    _, place, count = np.unique(y, return_inverse=True, return_counts=True)
    return np.asarray(1 / count[place])
