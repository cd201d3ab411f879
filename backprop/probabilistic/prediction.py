"""A prediction with its uncertainty, and how it is judged."""

from math import pi
from typing import NamedTuple

import numpy as np

from ...layers.core import Array, check_range, check_shape
from ...layers.core.optional import scipy

__all__ = ["Prediction"]


class Prediction(NamedTuple):
    """Mean and variance of the target for each sample, the noise of the data included; judged as Gaussians.

    Example:
        >>> from chainrule.backprop import Prediction
        >>> prediction = Prediction(np.array([0.0, 3.0]), np.array([1.0, 1.0]))
        >>> y = np.array([0.0, 1.0])
        >>> round(prediction.rmse(y), 4), round(prediction.log_likelihood(y), 4), prediction.coverage(y, 0.9)
        (1.4142, -1.9189, 0.5)
    """

    mean: Array
    variance: Array

    def rmse(self, y: Array) -> float:
        """Return the root of the mean squared error."""
        return float(np.sqrt(np.mean(np.square(self._error(y)))))

    def log_likelihood(self, y: Array) -> float:
        """Return the mean logarithm of the density at the targets."""
        return float(-0.5 * np.mean(np.log(2 * pi * self.variance) + np.square(self._error(y)) / self.variance))

    def interval(self, share: float = 0.9) -> tuple[Array, Array]:
        """Return between what the target should lie with this probability."""
        check_range(share, 0, 1, name="share", owner="Prediction", open_low=True, open_high=True)
        reach = float(scipy.special.ndtri((1 + share) / 2)) * np.sqrt(self.variance)
        return self.mean - reach, self.mean + reach

    def coverage(self, y: Array, share: float = 0.9) -> float:
        """Return which share of the targets lies in the interval of this probability."""
        low, high = self.interval(share)
        self._error(y)
        return float(np.mean((low <= y) & (y <= high)))

    def _error(self, y: Array) -> Array:
        check_shape(y, self.mean.shape, name="y", owner="Prediction")
        return np.asarray(y - self.mean)
