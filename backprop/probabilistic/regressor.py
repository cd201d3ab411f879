"""What learns to predict numbers with their uncertainty: the standardising and checking around it."""

from typing import Self

import numpy as np

from ...data import Standardize
from ...layers.core import Array, ShapeError, StateError, check_shape, show_shape
from .prediction import Prediction

__all__ = ["UncertainRegressor"]


class UncertainRegressor:
    """Learns numbers from features, and predicts means and variances; features and targets are standardised for it.

    A subclass writes ``learn`` and ``moments``, both in standardised units and float64.
    """

    def __init__(self) -> None:
        self._x_scale, self._y_scale, self._features = Standardize(), Standardize(), 0

    def learn(self, x: Array, y: Array) -> None:
        """Learn from features (N, features) and targets (N,)."""
        raise NotImplementedError(f"{type(self).__name__}.learn")

    def moments(self, x: Array) -> tuple[Array, Array]:
        """Return mean and variance of the targets, noise included, each (N,)."""
        raise NotImplementedError(f"{type(self).__name__}.moments")

    def fit(self, x: Array, y: Array) -> Self:
        """Learn from features (N, features) and targets (N,) or (N, 1), and return this object."""
        who = type(self).__name__
        check_shape(x, ("N", "features"), name="x", owner=who)
        check_shape(y, ("N",) if np.ndim(y) == 1 else ("N", 1), name="y", owner=who)
        if len(y) != len(x) or len(x) < 2:
            raise ShapeError(f"{who} expected a target for each of at least two samples, got x {show_shape(x.shape)} "
                             f"and y {show_shape(y.shape)}")
        x, y = x.astype(np.float64), y.astype(np.float64).reshape(-1, 1)
        self._x_scale, self._y_scale, self._features = Standardize().fit(x), Standardize().fit(y), x.shape[1]
        self.learn(self._x_scale.transform(x), self._y_scale.transform(y)[:, 0])
        return self

    def predict(self, x: Array) -> Prediction:
        """Return mean and variance of the targets of features (N, features)."""
        if not self._features:
            raise StateError(f"{type(self).__name__} expected fit before predict; call fit(x, y) first")
        check_shape(x, ("N", self._features), name="x", owner=type(self).__name__)
        mean, var = self.moments(self._x_scale.transform(x.astype(np.float64)))
        scale = float(self._y_scale.state_dict()["scale"][0])
        return Prediction(self._y_scale.inverse_transform(mean[:, None])[:, 0], var * scale**2)
