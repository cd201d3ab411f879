"""Rotary positions: pairs of features turned by angles that grow with the place, so that products see distances."""

from functools import lru_cache
from math import inf, prod
from typing import Annotated

import numpy as np
import numpy.typing as npt

from ..core import Array, Shape, ShapeError, Within, check_range, show_shape
from ..linear_map import LinearMap
from .angles import along, angles, positions

__all__ = ["RotaryPositions"]


class RotaryPositions(LinearMap):
    """Pairs of features turned by ``angle = p / base**(2 * i / E)``, ``p`` the place along axis ``dim``.

    ``y[p, 2i] = x[p, 2i] * cos(angle) - x[p, 2i + 1] * sin(angle)``
    ``y[p, 2i + 1] = x[p, 2i] * sin(angle) + x[p, 2i + 1] * cos(angle)``; with ``interleaved=False`` the pairs are
    features i and E / 2 + i. Turn queries and keys: their products then depend on the distance of their places only.

    Shapes:
        x, y: (..., L, E), E even; or with positions along another axis than the last but one

    Gradients:
        grad_x = grad_out turned by -angle: the transpose of a rotation is its inverse

    Cost: two multiply-adds for each value; keeps nothing.

    Source: Su, Lu, Pan, Murtadha, Wen & Liu 2021, equation 15.

    Example:
        >>> RotaryPositions(base=1.0).forward(np.ones((2, 2))).round(2).tolist()
        [[1.0, 1.0], [-0.3, 1.38]]
    """

    def __init__(self, base: Annotated[float, Within(1, open_high=True)] = 10000.0, interleaved: bool = True,
                 dim: int = -2) -> None:
        self.base = check_range(float(base), 1.0, inf, name="base", owner="RotaryPositions", open_high=True)
        self.interleaved = interleaved
        self.dim = dim

    def apply(self, x: Array) -> Array:
        return self._turned(x, 1.0)

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return self._turned(grad_out, -1.0)

    def output_shape(self, x_shape: Shape) -> Shape:
        positions(x_shape, self.dim, self)
        if x_shape[-1] % 2:
            raise ShapeError(f"{self.title} expected x of an even number of features, got {show_shape(x_shape)}")
        return x_shape

    def work(self, x_shape: Shape) -> int:
        return 2 * prod(x_shape)

    def _turned(self, x: Array, sign: float) -> Array:
        cos, sin = (along(table, self.dim, x.ndim)
                    for table in _waves(x.shape[self.dim], x.shape[-1], self.base, x.dtype))
        y = np.empty_like(x)
        (a, b), (a_turned, b_turned) = self._pairs(x), self._pairs(y)
        np.subtract(a * cos, b * (sign * sin), out=a_turned)
        np.add(a * (sign * sin), b * cos, out=b_turned)
        return y

    def _pairs(self, x: Array) -> tuple[Array, Array]:
        half = x.shape[-1] // 2
        return (x[..., 0::2], x[..., 1::2]) if self.interleaved else (x[..., :half], x[..., half:])


@lru_cache(maxsize=32)
def _waves(length: int, features: int, base: float, dtype: npt.DTypeLike) -> tuple[Array, Array]:
    turned = angles(length, features, base)
    return np.cos(turned).astype(dtype), np.sin(turned).astype(dtype)
