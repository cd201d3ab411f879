"""An anchor that should lie nearer to one point than to another: a hinge on the difference of two distances."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..layers.core import Array, as_dtype, check_range
from .joint_loss import JointLoss

__all__ = ["TripletMarginLoss"]

POSITIVE, NEGATIVE, SWAPPED = (0, 1), (0, 2), (1, 2)    # which two of anchor, positive and negative are compared


class Distance(NamedTuple):
    """A distance in the terms: between which two, their difference, its norm, and the terms' slope in it."""

    ends: tuple[int, int]
    difference: Array
    norm: Array
    slope: Array


class TripletMarginLoss(JointLoss):
    """How far the positive fails to be nearer to the anchor than the negative by a ``margin``.

    ``max(0, margin + distance(anchor, positive) - distance(anchor, negative))`` with ``distance(a, b)`` the ``p``-norm
    of ``a - b + eps``. ``swap`` takes ``distance(positive, negative)`` for the last where that is smaller.

    Shapes:
        anchor, positive, negative: (N, D) or (D,)

    Gradients:
        grad_positive = -scale * pull(anchor - positive + eps), grad_negative = scale * pull(anchor - negative + eps)
        grad_anchor   = -grad_positive - grad_negative, all 0 where the term is;
                        pull(d) = sign(d) * (abs(d) / norm(d))**(p - 1), the slope of the norm

    Cost: two or three norms; keeps as many differences.

    Source: Schroff, Kalenichenko & Philbin 2015; Balntas et al. 2016 (swap); torch.nn.TripletMarginLoss.

    Example:
        >>> anchor, near, far = np.zeros((1, 2)), np.array([[0.0, 1.0]]), np.array([[1.5, 0.0]])
        >>> round(TripletMarginLoss(eps=0.0).forward(anchor, near, far), 6)
        0.5
    """

    def __init__(self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
                 reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = check_range(margin, 0, math.inf, name="margin", owner="TripletMarginLoss", open_low=True)
        self.p = check_range(float(p), 0, math.inf, name="p", owner="TripletMarginLoss", open_low=True)
        self.eps = eps
        self.swap = swap

    def ordered(self, anchor: Any, positive: Any, negative: Any) -> tuple[Any, Any]:
        return (anchor, positive, negative), None

    def terms(self, prediction: Any, target: None) -> tuple[Array, tuple[Distance, ...]]:
        points = self.split(prediction, "anchor", "positive", "negative", shape=(..., "D"))
        pairs = (POSITIVE, NEGATIVE, SWAPPED) if self.swap else (POSITIVE, NEGATIVE)
        differences = [points[first] - points[second] + self.eps for first, second in pairs]
        to_positive, *to_negative = norms = [self._norm(difference) for difference in differences]
        nearest = np.minimum(to_negative[0], to_negative[-1])
        missing = self.margin + to_positive - nearest
        active = as_dtype(missing >= 0, missing.dtype)                              # at the kink as PyTorch does
        chosen = [as_dtype(distance == nearest, missing.dtype) for distance in to_negative]
        slopes = [active, *(-active * each / sum(chosen) for each in chosen)]       # a tie is shared
        distances = zip(pairs, differences, norms, slopes, strict=True)
        return np.maximum(missing, 0)[..., 0], tuple(Distance(*parts) for parts in distances)

    def terms_backward(self, own: tuple[Distance, ...], scale: float | Array) -> tuple[Array, ...]:
        per_row = np.asarray(scale, own[0].slope.dtype)[..., None]
        return self._to_points(own, [distance.slope * per_row * self._pull(distance) for distance in own])

    def terms_hvp(self, own: tuple[Distance, ...], scale: float, prediction_dot: Any) -> tuple[Array, ...]:
        points_dot = self.split(prediction_dot, "anchor_dot", "positive_dot", "negative_dot",
                                shape=own[0].difference.shape)
        return self._to_points(own, [scale * distance.slope * self._pull_dot(
            distance, points_dot[distance.ends[0]] - points_dot[distance.ends[1]]) for distance in own])

    def _to_points(self, own: tuple[Distance, ...], pulls: list[Array]) -> tuple[Array, ...]:
        """Return the gradients of the three points, given those of the differences."""
        grads = [np.zeros_like(pulls[0]) for _ in range(3)]
        for distance, pull in zip(own, pulls, strict=True):
            first, second = distance.ends
            grads[first] += pull
            grads[second] -= pull
        return tuple(grads)

    def _norm(self, difference: Array) -> Array:
        """Return the norm of each row, as a column."""
        size = np.abs(difference)
        if self.p == math.inf:
            return np.asarray(size.max(axis=-1, keepdims=True))
        return np.asarray((size**self.p).sum(axis=-1, keepdims=True)**(1 / self.p))

    def _pull(self, distance: Distance) -> Array:
        """Return the gradient of a norm; with ``p`` infinite the largest entries share it; a norm of 0 has none."""
        unit = self._unit(distance)
        if self.p == 2:
            return unit
        sign = np.sign(distance.difference)
        if self.p == math.inf:
            largest = as_dtype(np.abs(distance.difference) == distance.norm, unit.dtype)
            return np.asarray(sign * largest / largest.sum(axis=-1, keepdims=True))
        return np.asarray(sign * np.where(sign, np.abs(unit), 1)**(self.p - 1))

    def _pull_dot(self, distance: Distance, difference_dot: Array) -> Array:
        """Return how the gradient of a norm changes as the difference moves."""
        unit, norm = self._unit(distance), distance.norm
        if self.p in (1, math.inf):
            return np.zeros_like(unit)
        norm_dot = (self._pull(distance) * difference_dot).sum(axis=-1, keepdims=True)
        # below p = 2 the curvature at 0 is infinite, and left out
        steep = np.where(unit, np.abs(unit), 0 if self.p >= 2 else math.inf)**(self.p - 2)
        return np.where(norm > 0, (self.p - 1) * steep * (difference_dot - unit * norm_dot), 0) / _positive(norm)

    def _unit(self, distance: Distance) -> Array:
        return np.asarray(distance.difference / _positive(distance.norm))


def _positive(norm: Array) -> Array:
    return np.where(norm > 0, norm, 1)
