"""Missing numbers filled in by the mean of their feature, learned from the training data alone."""

from collections.abc import Mapping

import numpy as np

from ..layers.core import Array, NonFiniteError, ShapeError, StateError
from .checks import check_finite, check_samples

__all__ = ["Impute"]


class Impute:
    """Put the mean of a feature in the place of its missing numbers, which are NaN.

    ``fit`` is meant for the training data only: what is held out must not be looked at.

    Shapes:
        x:    (N, ...), a feature for each position behind the first axis
        fill: (...)

    Raises: StateError before ``fit``; NonFiniteError to fit on a feature without a number.

    Source: as sklearn.impute.SimpleImputer.

    Example:
        >>> Impute().fit(np.array([[1.0], [3.0]])).transform(np.array([[np.nan], [5.0]]))
        array([[2.],
               [5.]])
    """

    def __init__(self) -> None:
        self.fill: Array | None = None

    def fit(self, x: Array) -> "Impute":
        """Learn the means of the numbers that are there, and return this object."""
        check_samples("Impute", x=x)
        known = ~np.isnan(x)
        count = known.sum(axis=0)
        if not count.all():
            raise NonFiniteError(f"Impute expected at least one number in each feature of the training data, got none "
                                 f"in x[:, {', '.join(map(str, np.argwhere(count == 0)[0]))}]; leave it out")
        self.fill = np.where(known, x, 0).sum(axis=0, dtype=np.float64) / count
        return self

    def transform(self, x: Array) -> Array:
        """Return ``x`` with its missing numbers filled in, in its dtype."""
        if self.fill is None:
            raise StateError("Impute knows no means yet; call fit(x_train) first")
        if x.shape[1:] != self.fill.shape:
            raise ShapeError(f"Impute expected samples of shape {self.fill.shape}, as fitted, got {x.shape[1:]}")
        return np.where(np.isnan(x), self.fill, x).astype(x.dtype)

    def state_dict(self) -> dict[str, Array]:
        """Return what was learned."""
        if self.fill is None:
            raise StateError("Impute knows no means yet; call fit(x_train) first")
        return {"fill": self.fill}

    def load_state_dict(self, state: Mapping[str, Array]) -> "Impute":
        """Take what another one has learned, and return this object."""
        check_finite(state["fill"], name="Impute: fill")
        self.fill = state["fill"]
        return self
