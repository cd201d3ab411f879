"""Sinusoidal positions: waves of many lengths, so that every place has features of its own without training."""

from math import inf
from typing import Annotated

import numpy as np

from ..core import Array, Within, check_range
from .added_positions import AddedPositions
from .angles import angles

__all__ = ["SinusoidalPositions"]


class SinusoidalPositions(AddedPositions):
    """Waves added to the features: ``y[p, 2i] = x[p, 2i] + sin(angle)``, ``y[p, 2i + 1] = x[p, 2i + 1] + cos(angle)``.

    ``angle = p / base**(2 * i / E)``, ``p`` the place along axis ``dim``.

    Shapes:
        x, y: (..., L, E), or with positions along another axis than the last but one

    Gradients:
        grad_x = grad_out

    Cost: one addition for each value; keeps nothing.

    Source: Vaswani et al. 2017, section 3.5.

    Example:
        >>> SinusoidalPositions().forward(np.zeros((2, 4))).round(2).tolist()
        [[0.0, 1.0, 0.0, 1.0], [0.84, 0.54, 0.01, 1.0]]
    """

    def __init__(self, base: Annotated[float, Within(1, open_high=True)] = 10000.0, dim: int = -2) -> None:
        self.base = check_range(float(base), 1.0, inf, name="base", owner="SinusoidalPositions", open_high=True)
        self.dim = dim

    def table(self, length: int, features: int) -> Array:
        turned = angles(length, features, self.base)
        waves = np.stack([np.sin(turned), np.cos(turned)], axis=-1).reshape(length, 2 * turned.shape[1])
        return waves[:, :features]
