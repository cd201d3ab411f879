"""Features brought to mean 0 and standard deviation 1, by numbers learned from the training data alone."""

import numpy as np

from ..layers.core import Array, ShapeError, StateError
from .checks import check_finite, check_samples

__all__ = ["Standardize"]


class Standardize:
    """Shift and scale each feature, ``y = (x - mean) / scale``, to mean 0 and standard deviation 1.

    ``fit`` learns ``mean`` and ``scale`` (in float64, dividing by N) and is meant for the training data only: what
    is held out must not be looked at. A feature that never changes keeps scale 1.

    Shapes:
        x, y:        (N, ...), a feature for each position behind the first axis
        mean, scale: (...)

    Raises: StateError before ``fit``; ShapeError for other features than fitted; NonFiniteError to fit on NaN.

    Source: LeCun et al. 1998, Efficient BackProp, §4.3; as sklearn.preprocessing.StandardScaler.

    Example:
        >>> x_train, x_test = np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 8.0]])
        >>> Standardize().fit(x_train).transform(x_test)
        array([[0., 1.]])
    """

    def __init__(self) -> None:
        self.mean: Array | None = None
        self.scale: Array | None = None

    def fit(self, x: Array) -> "Standardize":
        """Learn mean and scale from the training data, and return this object."""
        check_samples("Standardize", x=x)
        check_finite(x)
        changes = x.max(axis=0) != x.min(axis=0)      # exact, where a computed deviation of 0.1, 0.1, … is not 0
        self.mean = x.mean(axis=0, dtype=np.float64)
        self.scale = np.where(changes, x.std(axis=0, dtype=np.float64), 1.0)
        return self

    def transform(self, x: Array) -> Array:
        """Return ``(x - mean) / scale`` in the dtype of ``x``; float32 for integers."""
        mean, scale = self._fitted(x)
        return ((x - mean) / scale).astype(_floating(x))

    def inverse_transform(self, y: Array) -> Array:
        """Return ``y * scale + mean``, which undoes ``transform``."""
        mean, scale = self._fitted(y)
        return (y * scale + mean).astype(_floating(y))

    def _fitted(self, x: Array) -> tuple[Array, Array]:
        if self.mean is None or self.scale is None:
            raise StateError("Standardize knows no mean and scale yet; call fit(x_train) first")
        check_samples("Standardize", x=x)
        if x.shape[1:] != self.mean.shape:
            raise ShapeError(f"Standardize expected samples of shape {self.mean.shape}, as fitted, "
                             f"got {x.shape[1:]} in an array of shape {x.shape}")
        return self.mean, self.scale


def _floating(x: Array) -> np.dtype:
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
