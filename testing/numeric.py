"""Derivatives by evaluating a function beside a point, to hold against the derivatives that a layer writes down."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..layers.core import Array, flatten

__all__ = ["Slopes", "complex_step_gradient", "entry_slopes", "line_slopes", "numeric_gradient"]

ROUNDING = 2e-15    # of float64, a few operations deep


class Slopes(NamedTuple):
    """Difference quotients to the left and to the right of a point; at a kink they disagree.

    ``noise`` is how far the rounding of the outputs may carry a quotient.
    """

    left: Array
    right: Array
    noise: float

    @property
    def central(self) -> Array:
        """The central difference quotient, exact up to the square of the step."""
        return np.asarray((self.left + self.right) / 2)

    @property
    def gap(self) -> Array:
        """How far the two sides are apart: a step times the curvature, or the size of a kink."""
        return np.asarray(np.abs(self.right - self.left))


def numeric_gradient(function: Callable[[Array], Any], x: npt.ArrayLike, grad_out: Any = None,
                     eps: float = 1e-5) -> Array:
    """Return the gradient of ``function(x)``, or of ``(function(x) * grad_out).sum()``, by central differences.

    Every entry of ``x`` is moved by ``eps * max(1, |entry|)`` to both sides, in float64. With several outputs
    ``grad_out`` is a tuple, None standing for zero.

    Cost: two calls of ``function`` for every entry of ``x``. The error is about ``eps**2`` plus ``1e-16 / eps``.

    Source: Goodfellow et al. 2016, section 11.5 (verifying gradients).

    Example:
        >>> from chainrule.testing import numeric_gradient
        >>> numeric_gradient(lambda x: (x**2).sum(), [1.0, -3.0]).round(6).tolist()
        [2.0, -6.0]
    """
    point = np.array(x, np.float64)
    slopes = entry_slopes(function, point, np.arange(point.size), grad_out, eps)
    return slopes.central.reshape(point.shape)


def complex_step_gradient(function: Callable[[Array], Array], x: npt.ArrayLike, grad_out: npt.ArrayLike = 1.0) -> Array:
    """Return the gradient of an elementwise, analytic function (``layer.value``) without any rounding of differences.

    ``function(x + i * step).imag / step`` needs no subtraction, so the step can be 1e-30 and the result is exact to
    the last digits. It only holds for functions that stay analytic when given complex numbers: no ``abs``.

    Source: Squire & Trapp 1998, SIAM Review 40(1).

    Example:
        >>> from chainrule.testing import complex_step_gradient
        >>> complex_step_gradient(np.exp, [0.0, 1.0]) - np.exp([0.0, 1.0])
        array([0., 0.])
    """
    step = 1e-30
    return np.asarray(np.imag(function(np.asarray(x, np.float64) + 1j * step)) / step * np.asarray(grad_out))


def entry_slopes(function: Callable[[Array], Any], x: Array, entries: Sequence[int] | Array, grad_out: Any = None,
                 eps: float = 1e-5) -> Slopes:
    """Return the slopes of ``(function(x) * grad_out).sum()`` along single entries of ``x``, given by flat position."""
    start = _outputs(function(x.copy()))
    weights = (1.0,) * len(start) if grad_out is None else flatten(grad_out)
    sides: list[list[float]] = [[], []]
    for entry in entries:
        step = eps * max(1.0, abs(float(x.flat[entry])))
        for side, way in zip(sides, (-step, step), strict=True):
            moved = x.copy()
            moved.flat[entry] += way
            # outputs are subtracted before they are summed: those that did not move cancel exactly
            side.append(sum(float(np.sum((y - y0) * weight)) for y, y0, weight
                            in zip(_outputs(function(moved)), start, weights, strict=True) if weight is not None) / way)
    terms = [float(np.sum(np.square(y * weight))) for y, weight in zip(start, weights, strict=True)
             if weight is not None]
    return Slopes(np.array(sides[0]), np.array(sides[1]), ROUNDING * sum(terms) ** 0.5 / eps)


def line_slopes(function: Callable[[float], Any], eps: float = 1e-5) -> tuple[Slopes, ...]:
    """Return the slopes at 0 of every output of a function of one number."""
    start = _outputs(function(0.0))
    before, after = _outputs(function(-eps)), _outputs(function(eps))
    largest = [float(np.max(np.abs(y0), initial=0.0)) for y0 in start]
    return tuple(Slopes((y0 - y_left) / eps, (y_right - y0) / eps, ROUNDING * size / eps)
                 for y_left, y0, y_right, size in zip(before, start, after, largest, strict=True))


def _outputs(y: Any) -> tuple[Array, ...]:
    return tuple(np.array(leaf) for leaf in flatten(y))     # copies: an output may be a view of what is moved next
