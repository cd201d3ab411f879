"""Samples held in two arrays: what goes in and what should come out."""

from typing import Any

import numpy as np

from ..layers.core import Array, check_range
from ..layers.core.optional import scipy
from ..layers.sparse_rows import is_sparse
from .checks import check_finite, check_samples
from .folds import KFold, StratifiedKFold
from .preparation import Preparation
from .split import train_test_split

__all__ = ["ArrayDataset"]


class ArrayDataset:
    """Inputs and targets, sample by sample: ``dataset[i]`` is ``(x[i], y[i])``.

    The index is an integer, a slice, an array of integers or a mask, and what comes back is always a copy,
    so nobody who changes a batch changes the data set. SciPy sparse rows are kept in CSR, and stay sparse in batches.

    Shapes:
        x: (N, ...), or sparse (N, D)
        y: (N, ...)

    Attributes:
        preparation: how ``x`` was made of a file, and what else is known of it, such as the names of the classes

    Raises: ShapeError unless ``x`` and ``y`` have the same length of at least one.

    Example:
        >>> dataset = ArrayDataset(np.zeros((5, 2)), np.arange(5))
        >>> x, y = dataset[1:4]
        >>> len(dataset), x.shape, y.tolist()
        (5, (3, 2), [1, 2, 3])
    """

    def __init__(self, x: Array, y: Array, *, preparation: Preparation | None = None) -> None:
        self._rows = np.arange(check_samples("ArrayDataset", sparse=True, x=x, y=y))
        self.x, self.y = _rows(x), _rows(y)
        self.preparation = preparation or Preparation()

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int | slice | Array) -> tuple[Array, Array]:
        rows = self._rows[index]
        return _taken(self.x, rows), _taken(self.y, rows)

    def __repr__(self) -> str:
        return f"ArrayDataset({len(self)} samples, x {self.x.shape} {self.x.dtype}, y {self.y.shape} {self.y.dtype})"

    def check_finite(self) -> None:
        """Raise NonFiniteError if ``x`` or ``y`` holds a NaN or an infinity, saying where and how many.

        Where the preparation is to fill missing numbers in, the NaN of ``x`` are these.
        """
        if not self.preparation.fills:
            check_finite(self.x, name="x")
        check_finite(self.y, name="y")

    def split(self, test_size: float = 0.25, *, rng: np.random.Generator | None = None,
              stratify: bool = False) -> tuple["ArrayDataset", "ArrayDataset"]:
        """Return a training and a test set by ``train_test_split``; ``stratify`` keeps the proportions of ``y``."""
        x_train, x_test, y_train, y_test = train_test_split(
            self.x, self.y, test_size=test_size, rng=rng, stratify=self.y if stratify else None)
        return ArrayDataset(x_train, y_train, preparation=self.preparation), ArrayDataset(
            x_test, y_test, preparation=self.preparation)

    def fold(self, number: int, folds: int, *, rng: np.random.Generator | None = None,
             stratify: bool = False) -> tuple["ArrayDataset", "ArrayDataset"]:
        """Return all samples but those of one of so many ``folds``, and these; a seed of ``rng`` deals the same folds.

        Raises: ValueRangeError for a number that no fold has; they are counted from 0.
        """
        deal = (StratifiedKFold if stratify else KFold)(folds, shuffle=True, rng=rng)
        check_range(number, 0, folds, name="fold", owner=f"{type(self).__name__} of {folds} folds", open_high=True)
        parts = list(deal.split(self._rows, self.y))[number]
        rest, held_out = (ArrayDataset(*self[rows], preparation=self.preparation) for rows in parts)
        return rest, held_out


def _rows(array: Any) -> Any:
    """Return the samples in the layout from which rows are taken at no other cost than that of the rows."""
    # take() copies a strided array whole, at every call
    return scipy.sparse.csr_array(array) if is_sparse(array) else np.ascontiguousarray(array)


def _taken(array: Any, rows: Array) -> Array:
    taken: Array = array[np.atleast_1d(rows)] if is_sparse(array) else array.take(rows, axis=0)
    return taken
