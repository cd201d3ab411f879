"""What a row of class scores is held against: one class, or a share for every class."""

from typing import NamedTuple

import numpy as np

from ..layers.core import Array

__all__ = ["WantedClasses", "WantedShares"]


class WantedClasses(NamedTuple):
    """One class for every row that counts; ignored rows do not appear.

    Attributes:
        row:     positions of the rows that count
        label:   the class wanted in each
        weight:  how much each counts
        divisor: their sum, by which a mean divides
    """

    row: Array
    label: Array
    weight: Array
    divisor: float

    def mass(self, x: Array) -> Array:
        """Return what each row of ``x`` wants altogether: its weight, zero if ignored."""
        return self._spread(self.weight, x)

    def dot(self, x: Array, top: Array | None = None) -> Array:
        """Return, for every row, the sum of what is wanted times ``x``, or ``x - top`` with a number for each row."""
        picked = x[self.row, self.label]
        return self._spread(self.weight * (picked if top is None else picked - top[self.row, 0]), x)

    def subtract_from(self, x: Array, scale: float | Array) -> None:
        """Subtract what is wanted, times a number (one for each row, if an array), from ``x`` in place."""
        x[self.row, self.label] -= self.weight * (scale[self.row] if isinstance(scale, np.ndarray) else scale)

    def _spread(self, values: Array, x: Array) -> Array:
        """Return the values of the rows that count among zeros for those that do not."""
        if len(self.row) == len(x):
            return values
        spread = np.zeros(len(x), x.dtype)
        spread[self.row] = values
        return spread


class WantedShares(NamedTuple):
    """A share for every class in every row: a distribution times the classes' weights.

    Attributes:
        share:   shape (rows, C)
        divisor: how many rows there are, in units of their weight
    """

    share: Array
    divisor: float

    def mass(self, x: Array) -> Array:
        """Return what each row wants altogether."""
        return np.asarray(self.share.sum(axis=1))

    def dot(self, x: Array, top: Array | None = None) -> Array:
        """Return, for every row, the sum of what is wanted times ``x``, or ``x - top`` with a number for each row."""
        return np.asarray(np.einsum("nc,nc->n", self.share, x if top is None else x - top))

    def subtract_from(self, x: Array, scale: float | Array) -> None:
        """Subtract what is wanted, times a number (one for each row, if an array), from ``x`` in place."""
        x -= self.share * (scale[:, None] if isinstance(scale, np.ndarray) else scale)
