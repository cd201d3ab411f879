"""Features made independent of each other, by numbers learned from the training data alone."""

import math
from collections.abc import Mapping

import numpy as np

from ..layers.core import Array, Positive, ShapeError, StateError, check_range
from .checks import check_finite, check_samples

__all__ = ["Decorrelate"]


class Decorrelate:
    """Shift and mix features, ``y = (x - mean) @ matrix``, so that their covariance is about the identity.

    The matrix is the inverse root of the covariance, ``(covariance + floor * mean variance * identity) ** (-1/2)``: of
    all that decorrelate, it changes samples least, so that images remain images. ``floor`` keeps directions in which
    there is hardly any variance from being blown up to noise. ``fit`` is meant for the training data only.

    Shapes:
        x, y:   (N, ...), F features in all
        mean:   (...)
        matrix: (F, F), symmetric

    Cost: to fit F**3, and F**2 for each sample.

    Raises: StateError before ``fit``; ShapeError for other features than fitted; NonFiniteError to fit on NaN.

    Source: LeCun, Bottou, Orr & Müller 1998, section 4.3; Bell & Sejnowski 1997 (the symmetric root, ZCA).

    Example:
        >>> x = np.random.default_rng(0).normal(size=(500, 2)) @ np.array([[2.0, 1.0], [0.0, 0.1]])
        >>> y = Decorrelate(floor=1e-9).fit(x).transform(x)
        >>> np.cov(y.T, bias=True).round(6).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, floor: Positive = 1e-2) -> None:
        self.floor = check_range(floor, 0.0, math.inf, name="floor", owner="Decorrelate", open_low=True)
        self.mean: Array | None = None
        self.matrix: Array | None = None

    def fit(self, x: Array) -> "Decorrelate":
        """Learn mean and matrix from the training data, and return this object."""
        check_samples("Decorrelate", x=x)
        check_finite(x)
        rows = x.reshape(len(x), -1).astype(np.float64)
        mean = rows.mean(axis=0)
        values, vectors = np.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
        values = np.maximum(values, 0) + self.floor * (values.mean() or 1.0)
        self.mean, self.matrix = mean.reshape(x.shape[1:]), np.asarray(vectors / np.sqrt(values) @ vectors.T)
        return self

    def transform(self, x: Array) -> Array:
        """Return ``(x - mean) @ matrix`` in the dtype of ``x``; float32 for integers."""
        mean, matrix = self._fitted(x)
        return ((x - mean).reshape(len(x), -1) @ matrix).reshape(x.shape).astype(_floating(x))

    def inverse_transform(self, y: Array) -> Array:
        """Return the samples that ``transform`` has made ``y`` of."""
        mean, matrix = self._fitted(y)
        rows = np.linalg.solve(matrix, y.reshape(len(y), -1).astype(np.float64).T).T
        return (rows.reshape(y.shape) + mean).astype(_floating(y))

    def state_dict(self) -> dict[str, Array]:
        """Return what was learned."""
        if self.mean is None or self.matrix is None:
            raise StateError("Decorrelate knows no mean and matrix yet; call fit(x_train) first")
        return {"mean": self.mean, "matrix": self.matrix}

    def load_state_dict(self, state: Mapping[str, Array]) -> "Decorrelate":
        """Take what another one has learned, and return this object."""
        if state["matrix"].shape != (state["mean"].size,) * 2:
            raise ShapeError(f"Decorrelate expected a matrix with a row and a column for each of {state['mean'].size} "
                             f"features, got shape {state['matrix'].shape}")
        check_finite(state["mean"], name="Decorrelate: mean")
        check_finite(state["matrix"], name="Decorrelate: matrix")
        self.mean, self.matrix = state["mean"], state["matrix"]
        return self

    def _fitted(self, x: Array) -> tuple[Array, Array]:
        if self.mean is None or self.matrix is None:
            raise StateError("Decorrelate knows no mean and matrix yet; call fit(x_train) first")
        check_samples("Decorrelate", x=x)
        if x.shape[1:] != self.mean.shape:
            raise ShapeError(f"Decorrelate expected samples of shape {self.mean.shape}, as fitted, got {x.shape[1:]}")
        return self.mean, self.matrix


def _floating(x: Array) -> np.dtype:
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
