"""Two arrays of vectors compared vector by vector: how far apart they are, or how alike their directions."""

from math import inf, prod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from .core import (
    Array,
    Description,
    Epsilon,
    Kept,
    Layer,
    Shape,
    ShapeError,
    as_dtype,
    check_range,
    check_shape,
    show_shape,
    total,
    unbroadcast,
)

__all__ = ["Comparison", "ComparisonCache", "CosineSimilarity", "Difference", "Directions", "PairwiseDistance"]


class ComparisonCache(NamedTuple):
    """What the slopes are computed from, and how the inputs came."""

    own: Any
    x_shapes: tuple[Shape, Shape]
    dtypes: tuple[np.dtype[np.generic], np.dtype[np.generic]]


class Comparison(Layer):
    """One number for every pair of vectors, which lie along ``axis`` of two arrays that broadcast.

    A subclass writes ``compare``, ``slopes`` (how the number changes with either vector), ``slopes_dot`` (their
    tangents) and ``kept``.

    Gradients:
        grad_x1 = grad_out * slopes[0], grad_x2 = grad_out * slopes[1], summed where an input was broadcast

    Source: Giles 2008, "Collected matrix derivative results", section 2.
    """

    axis: int = -1
    keepdim: bool = False
    names: ClassVar[tuple[str, str]] = ("x1", "x2")

    def compare(self, x1: Array, x2: Array) -> tuple[Array, Any]:
        """Return the numbers, ``axis`` kept at size 1, and what the slopes are computed from."""
        raise NotImplementedError(f"{type(self).__name__}.compare")

    def slopes(self, own: Any) -> tuple[Array, Array]:
        """Return the gradient of the numbers in either array of vectors."""
        raise NotImplementedError(f"{type(self).__name__}.slopes")

    def slopes_dot(self, own: Any, x1_dot: Array, x2_dot: Array) -> tuple[Array, Array]:
        """Return the tangents of the slopes."""
        raise NotImplementedError(f"{type(self).__name__}.slopes_dot")

    def kept(self, size: int, rows: int) -> tuple[Kept, ...]:
        """Return what ``compare`` leaves, given the number of values and of vectors after broadcasting."""
        raise NotImplementedError(f"{type(self).__name__}.kept")

    def forward(self, x1: Array, x2: Array) -> Array:
        for name, x in zip(self.names, (x1, x2), strict=True):
            check_shape(x, (...,), name=name, owner=self)
        shape = self._broadcast(x1.shape, x2.shape)
        y, own = self.compare(np.broadcast_to(x1, shape), np.broadcast_to(x2, shape))
        self.cache = ComparisonCache(own, (x1.shape, x2.shape), (x1.dtype, x2.dtype))
        return y if self.keepdim else y.squeeze(self.axis)

    def backward(self, grad_out: Array) -> tuple[Array, ...] | None:
        own, x_shapes, _ = self.saved()
        check_shape(grad_out, self._output_shape(*x_shapes), name="grad_out", owner=self)
        return self._distribute(grad_out, self.slopes(own)) if self.needs_input_grad else None

    def jvp(self, x1_dot: Array | None, x2_dot: Array | None) -> Array | None:
        own, x_shapes, _ = self.point()
        shape = self._broadcast(*x_shapes)
        x_dot = tuple(np.zeros(shape) if dot is None else np.broadcast_to(dot, shape) for dot in (x1_dot, x2_dot))
        self.tangent = x_dot
        return total(*((slope * dot).sum(axis=self.axis, keepdims=self.keepdim)
                       for slope, dot in zip(self.slopes(own), x_dot, strict=True)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        x_dot = self.saved_tangent()
        own = self.saved().own
        moved = self._distribute(grad_out, self.slopes_dot(own, *x_dot))
        carried = (None, None) if grad_out_dot is None else self._distribute(grad_out_dot, self.slopes(own))
        return self.backward(grad_out), tuple(total(*pair) for pair in zip(carried, moved, strict=True))

    def describe(self, *x_shapes: Shape) -> Description:
        """A few products for every value."""
        shape, y_shape = self._broadcast(*x_shapes), self._output_shape(*x_shapes)
        return self.description(y_shape, multiply_adds=prod(shape), field=None, kept=self.kept(
            prod(shape), prod(y_shape)))

    def _distribute(self, grad: Array, slopes: tuple[Array, Array]) -> tuple[Array, ...]:
        _, x_shapes, dtypes = self.point()
        column = grad if self.keepdim else np.expand_dims(grad, self.axis)
        return tuple(as_dtype(unbroadcast(column * slope, x_shape), dtype)
                     for slope, x_shape, dtype in zip(slopes, x_shapes, dtypes, strict=True))

    def _broadcast(self, x1_shape: Shape, x2_shape: Shape) -> Shape:
        try:
            shape = np.broadcast_shapes(x1_shape, x2_shape)
        except ValueError:
            shape = ()
        if not -len(shape) <= self.axis < len(shape):
            raise ShapeError(f"{self.title} expected x1 and x2 that broadcast and have an axis {self.axis}, got "
                             f"{show_shape(x1_shape)} and {show_shape(x2_shape)}")
        return shape

    def _output_shape(self, x1_shape: Shape, x2_shape: Shape) -> Shape:
        shape = list(self._broadcast(x1_shape, x2_shape))
        shape[self.axis:self.axis + 1 or None] = [1] if self.keepdim else []
        return tuple(shape)


class Difference(NamedTuple):
    """``x1 - x2 + eps``, and its norm."""

    d: Array
    norm: Array


class PairwiseDistance(Comparison):
    """Distance of two vectors, ``y = norm(d)`` with ``d = x1 - x2 + eps`` and ``norm(d) = sum(abs(d)**p)**(1/p)``.

    Infinite ``p`` takes the largest (smallest) of ``abs(d)``; 0 counts what is not 0.

    Shapes:
        x1, x2: (..., D), which broadcast
        y:      (...), or (..., 1) with ``keepdim``

    Gradients:
        grad_x1 = grad_out * sign(d) * (abs(d) / norm)**(p - 1) = -grad_x2; 0 where the norm is

    Cost: one power for each value; keeps ``d`` and the norms.

    Source: torch.nn.PairwiseDistance.

    Example:
        >>> PairwiseDistance(eps=0.0).forward(np.array([[3.0, 4.0], [1.0, 1.0]]), np.array([0.0, 0.0])).round(3)
        array([5.   , 1.414])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        self.p = check_range(float(p), -inf, inf, name="p", owner="PairwiseDistance")
        self.eps, self.keepdim = eps, keepdim

    def compare(self, x1: Array, x2: Array) -> tuple[Array, Difference]:
        d = x1 - x2 + self.eps
        size = np.abs(d)
        if self.p == 0:
            norm = (size != 0).sum(axis=-1, keepdims=True).astype(d.dtype)
        elif abs(self.p) == inf:
            norm = (size.max if self.p > 0 else size.min)(axis=-1, keepdims=True)
        else:
            with np.errstate(divide="ignore"):          # for p < 0 a coordinate of 0 brings the distance to 0
                norm = (size**self.p).sum(axis=-1, keepdims=True)**(1 / self.p)
        return norm, Difference(d, norm)

    def slopes(self, own: Difference) -> tuple[Array, Array]:
        slope = self._slope(own)
        return slope, -slope

    def slopes_dot(self, own: Difference, x1_dot: Array, x2_dot: Array) -> tuple[Array, Array]:
        d_dot, unit = x1_dot - x2_dot, self._unit(own)
        if self.p in (0, 1) or abs(self.p) == inf:
            return np.zeros_like(unit), np.zeros_like(unit)
        norm_dot = (self._slope(own) * d_dot).sum(axis=-1, keepdims=True)
        # below p = 2 the curvature at 0 is infinite, and left out
        steep = np.where(unit, np.abs(unit), 0 if self.p >= 2 else inf)**(self.p - 2)
        bend = (self.p - 1) * steep * (d_dot - unit * norm_dot) / np.where(own.norm > 0, own.norm, inf)
        return bend, -bend

    def kept(self, size: int, rows: int) -> tuple[Kept, ...]:
        return Kept("d", size), Kept("norm", rows)

    def _slope(self, own: Difference) -> Array:
        """Return the gradient of the norm; with ``p`` infinite those that decide share it."""
        unit, sign = self._unit(own), np.sign(own.d)
        if self.p == 2:
            return unit
        if self.p == 0:
            return np.zeros_like(unit)
        if abs(self.p) == inf:
            decides = as_dtype(np.abs(own.d) == own.norm, unit.dtype)
            return np.asarray(sign * decides / decides.sum(axis=-1, keepdims=True))
        return np.asarray(sign * np.where(unit, np.abs(unit), inf if self.p < 1 else 0)**(self.p - 1))

    def _unit(self, own: Difference) -> Array:
        return np.asarray(own.d / np.where(own.norm > 0, own.norm, inf))


class Directions(NamedTuple):
    """Both vectors over their lengths, these lengths (at least eps), and the cosine; all have the vectors' axes."""

    unit1: Array
    unit2: Array
    length1: Array
    length2: Array
    cosine: Array


class CosineSimilarity(Comparison):
    """Cosine of the angle of two vectors, ``y = sum(unit1 * unit2)`` with ``unit = x / max(length, eps)``.

    Shapes:
        x1, x2: (..., D, ...), which broadcast; the vectors lie along ``dim``
        y:      without that axis

    Gradients:
        grad_x1 = grad_out * (unit2 - y * unit1) / length1, and with 1 and 2 exchanged;
                  a vector shorter than eps is not turned but scaled: without the second term

    Cost: three multiply-adds for each value; keeps both vectors at length 1.

    Source: torch.nn.CosineSimilarity, whose gradient has the second term for vectors shorter than eps too.

    Example:
        >>> CosineSimilarity().forward(np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 0.0]])).round(3)
        array([1.   , 0.707])
    """

    def __init__(self, dim: int = 1, eps: Epsilon = 1e-8) -> None:
        self.dim = self.axis = dim
        self.eps = check_range(float(eps), 0.0, inf, name="eps", owner="CosineSimilarity", open_high=True)

    def compare(self, x1: Array, x2: Array) -> tuple[Array, Directions]:
        length1, length2 = (np.maximum(np.sqrt(self._inner(x, x)), self.eps) for x in (x1, x2))
        unit1, unit2 = x1 / length1, x2 / length2
        cosine = self._inner(unit1, unit2)
        return cosine, Directions(unit1, unit2, length1, length2, cosine)

    def slopes(self, own: Directions) -> tuple[Array, Array]:
        unit1, unit2, length1, length2, cosine = own
        return ((unit2 - self._turns(length1) * cosine * unit1) / length1,
                (unit1 - self._turns(length2) * cosine * unit2) / length2)

    def slopes_dot(self, own: Directions, x1_dot: Array, x2_dot: Array) -> tuple[Array, Array]:
        unit1, unit2, length1, length2, cosine = own
        length1_dot, length2_dot = (self._turns(length) * self._inner(unit, x_dot) for unit, length, x_dot in (
            (unit1, length1, x1_dot), (unit2, length2, x2_dot)))
        unit1_dot, unit2_dot = (x1_dot - length1_dot * unit1) / length1, (x2_dot - length2_dot * unit2) / length2
        cosine_dot = self._inner(unit1_dot, unit2) + self._inner(unit1, unit2_dot)
        slope1, slope2 = self.slopes(own)
        turn1 = unit2_dot - self._turns(length1) * (cosine_dot * unit1 + cosine * unit1_dot) - slope1 * length1_dot
        turn2 = unit1_dot - self._turns(length2) * (cosine_dot * unit2 + cosine * unit2_dot) - slope2 * length2_dot
        return turn1 / length1, turn2 / length2

    def kept(self, size: int, rows: int) -> tuple[Kept, ...]:
        return (Kept("unit1", size), Kept("unit2", size), Kept("length1", rows), Kept("length2", rows),
                Kept("cosine", rows))

    def _inner(self, a: Array, b: Array) -> Array:
        return np.asarray((a * b).sum(axis=self.axis, keepdims=True))

    def _turns(self, length: Array) -> Array:
        return as_dtype(length > self.eps, length.dtype)
