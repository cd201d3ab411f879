"""Cross-validation: the samples dealt into folds, each of which is held out once."""

from collections.abc import Iterator

import numpy as np

from ..layers.core import Array, ShapeError, ValueRangeError, check_size, default_rng

__all__ = ["KFold", "StratifiedKFold"]


class KFold:
    """Divide samples into ``n_splits`` folds of neighbours, shuffled before if wanted; the first are larger by one.

    Shapes:
        x: (N, ...); each split is two arrays of row numbers, those to train on and those held out

    Raises: ValueRangeError for fewer samples than folds.

    Source: sklearn.model_selection.KFold; ``rng`` is its ``random_state``.

    Example:
        >>> [test.tolist() for train, test in KFold(3).split(np.zeros(5))]
        [[0, 1], [2, 3], [4]]
    """

    def __init__(self, n_splits: int = 5, shuffle: bool = False, rng: np.random.Generator | None = None) -> None:
        self.n_splits = check_size(n_splits, "n_splits", type(self).__name__, least=2)
        self.shuffle = shuffle
        self.rng = default_rng(rng)

    def split(self, x: Array, y: Array | None = None) -> Iterator[tuple[Array, Array]]:
        """Yield for each fold the rows of all others, and its own."""
        if len(x) < self.n_splits:
            raise ValueRangeError(f"{type(self).__name__} expected at least n_splits={self.n_splits} samples, got "
                                  f"{len(x)}")
        fold = self.folds(len(x), y)
        for number in range(self.n_splits):
            yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)

    def folds(self, n_samples: int, y: Array | None) -> Array:
        """Return the fold of each sample."""
        fold = np.sort(np.arange(n_samples) % self.n_splits)
        if self.shuffle:
            fold = self.rng.permutation(fold)
        return fold


class StratifiedKFold(KFold):
    """Divide samples into folds that hold the same share of every class.

    The samples, sorted by class, are dealt like cards, which says how many of a class a fold gets.

    Shapes:
        x: (N, ...)
        y: (N,) classes

    Raises: ValueRangeError for a class of fewer samples than folds, ShapeError without classes.

    Source: sklearn.model_selection.StratifiedKFold, which only warns of small classes.

    Example:
        >>> y = np.array([0, 0, 0, 0, 1, 1])
        >>> [y[test].tolist() for train, test in StratifiedKFold(2).split(y, y)]
        [[0, 0, 1], [0, 0, 1]]
    """

    def folds(self, n_samples: int, y: Array | None) -> Array:
        if y is None or y.shape != (n_samples,):
            raise ShapeError(f"StratifiedKFold expected y of shape ({n_samples},), the class of each sample, got "
                             f"{None if y is None else y.shape}")
        names, first, classes = np.unique(y, return_index=True, return_inverse=True)
        sizes = np.bincount(classes)
        if sizes.min() < self.n_splits:
            raise ValueRangeError(f"StratifiedKFold expected at least n_splits={self.n_splits} samples of each class, "
                                  f"got {sizes.min()} of class {names[sizes.argmin()]}")
        order, dealt, fold = first.argsort(), 0, np.empty(n_samples, np.intp)
        for label in order:         # as scikit-learn: in the order in which classes appear
            share = np.sort((dealt + np.arange(sizes[label])) % self.n_splits)
            fold[classes == label] = self.rng.permutation(share) if self.shuffle else share
            dealt += sizes[label]
        return fold
