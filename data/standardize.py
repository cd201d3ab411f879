"""Features brought to mean 0 and standard deviation 1, by numbers learned from the training data alone."""

from collections.abc import Mapping

import numpy as np

from ..layers.core import Array, ShapeError, StateError
from .checks import check_finite, check_samples

__all__ = ["Standardize"]


class Standardize:
    """Shift and scale each feature, ``y = (x - mean) / scale``, to mean 0 and standard deviation 1.

    ``fit`` learns ``mean`` and ``scale`` (in float64, dividing by N) and is meant for the training data only: what
    is held out must not be looked at. A feature that never changes keeps scale 1. With ``per_channel`` all positions of
    a channel, such as the pixels of a colour, are one feature.

    Shapes:
        x, y:        (N, ...), a feature for each position behind the first axis; (N, C, ...) if ``per_channel``
        mean, scale: (...), or (C, 1, ...)

    Raises: StateError before ``fit``; ShapeError for other features than fitted; NonFiniteError to fit on NaN.

    Source: LeCun et al. 1998, Efficient BackProp, §4.3; as sklearn.preprocessing.StandardScaler.

    Example:
        >>> x_train, x_test = np.array([[1.0, 7.0], [3.0, 7.0]]), np.array([[2.0, 8.0]])
        >>> Standardize().fit(x_train).transform(x_test)
        array([[0., 1.]])
    """

    def __init__(self, per_channel: bool = False) -> None:
        self.per_channel = per_channel
        self.mean: Array | None = None
        self.scale: Array | None = None

    def fit(self, x: Array) -> "Standardize":
        """Learn mean and scale from the training data, and return this object."""
        check_samples("Standardize", x=x)
        check_finite(x)
        if self.per_channel and x.ndim < 3:
            raise ShapeError(f"Standardize expected x of shape (N, C, ...) for per_channel, got {x.shape}")
        axes, keep = (0, *range(2, x.ndim)) if self.per_channel else 0, self.per_channel
        highest, lowest = x.max(axis=axes, keepdims=keep), x.min(axis=axes, keepdims=keep)
        mean = x.mean(axis=axes, dtype=np.float64, keepdims=keep)
        deviation = x.std(axis=axes, dtype=np.float64, keepdims=keep)
        scale = np.where(highest != lowest, deviation, 1.0)     # exact: a computed deviation of 0.1, 0.1, … is not 0
        self.mean, self.scale = (mean[0], scale[0]) if keep else (mean, scale)
        return self

    def transform(self, x: Array) -> Array:
        """Return ``(x - mean) / scale`` in the dtype of ``x``; float32 for integers."""
        mean, scale = self._fitted(x)
        return ((x - mean) / scale).astype(_floating(x))

    def inverse_transform(self, y: Array) -> Array:
        """Return ``y * scale + mean``, which undoes ``transform``."""
        mean, scale = self._fitted(y)
        return (y * scale + mean).astype(_floating(y))

    def state_dict(self) -> dict[str, Array]:
        """Return what was learned."""
        if self.mean is None or self.scale is None:
            raise StateError("Standardize knows no mean and scale yet; call fit(x_train) first")
        return {"mean": self.mean, "scale": self.scale, "per_channel": np.array(float(self.per_channel))}

    def load_state_dict(self, state: Mapping[str, Array]) -> "Standardize":
        """Take what another one has learned, and return this object."""
        if state["mean"].shape != state["scale"].shape or not (state["scale"] > 0).all():
            raise ShapeError(f"Standardize expected a mean and a scale above 0 for each feature, got shapes "
                             f"{state['mean'].shape} and {state['scale'].shape}")
        check_finite(state["mean"], name="Standardize: mean")
        check_finite(state["scale"], name="Standardize: scale")
        self.mean, self.scale, self.per_channel = state["mean"], state["scale"], bool(state["per_channel"])
        return self

    def _fitted(self, x: Array) -> tuple[Array, Array]:
        if self.mean is None or self.scale is None:
            raise StateError("Standardize knows no mean and scale yet; call fit(x_train) first")
        check_samples("Standardize", x=x)
        if x.shape[1:] != self.mean.shape and not (self.per_channel and x.ndim == self.mean.ndim + 1
                                                   and x.shape[1] == len(self.mean)):
            raise ShapeError(f"Standardize expected samples of shape {self.mean.shape}, as fitted, "
                             f"got {x.shape[1:]} in an array of shape {x.shape}")
        return self.mean, self.scale


def _floating(x: Array) -> np.dtype:
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float32)
