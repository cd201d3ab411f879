"""An anchor that should lie nearer to one point than to another: a hinge on the difference of two distances."""

import math
from typing import Any, NamedTuple

import numpy as np

from ..layers import PairwiseDistance
from ..layers.core import Array, Entry, Layer, Positive, as_dtype, call, call_back, call_back_jvp, call_jvp, check_range
from .joint_loss import JointLoss
from .loss import Reduction

__all__ = ["Distance", "TripletLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss"]

POSITIVE, NEGATIVE, SWAPPED = (0, 1), (0, 2), (1, 2)    # which two of anchor, positive and negative are compared


class Distance(NamedTuple):
    """A distance in the terms: between which two, the call that measured it, and the terms' slope in it."""

    ends: tuple[int, int]
    entry: Entry
    slope: Array


class TripletLoss(JointLoss):
    """How far the positive fails to be nearer to the anchor than the negative by a ``margin``.

    A subclass says in ``measure`` what the distance is.

    Gradients:
        those of the two (with ``swap`` three) distances, at the terms' slope in each: 1, -1, or 0 where the term is 0

    Source: Schroff, Kalenichenko & Philbin 2015, equation 3; Balntas et al. 2016 (swap).
    """

    def __init__(self, margin: Positive, swap: bool, reduction: Reduction) -> None:
        super().__init__(reduction)
        self.margin = check_range(margin, 0, math.inf, name="margin", owner=type(self).__name__, open_low=True)
        self.swap = swap

    @property
    def measure(self) -> Layer:
        """The layer of two inputs that gives their distance."""
        raise NotImplementedError(f"{type(self).__name__}.measure")

    def ordered(self, anchor: Any, positive: Any, negative: Any) -> tuple[Any, Any]:
        return (anchor, positive, negative), None

    def terms(self, prediction: Any, target: None) -> tuple[Array, tuple[Distance, ...]]:
        points = self.split(prediction, "anchor", "positive", "negative", shape=(..., "D"))
        pairs = (POSITIVE, NEGATIVE, SWAPPED) if self.swap else (POSITIVE, NEGATIVE)
        calls = [call(self.measure, points[first], points[second], at=(self, "distance_function"))
                 for first, second in pairs]
        to_positive, *to_negative = (np.asarray(distance) for distance, _ in calls)
        nearest = np.minimum(to_negative[0], to_negative[-1])
        missing = np.asarray(self.margin + to_positive - nearest)
        active = as_dtype(missing >= 0, missing.dtype)                              # at the kink as PyTorch does
        chosen = [as_dtype(distance == nearest, missing.dtype) for distance in to_negative]
        slopes = [active, *(-active * each / sum(chosen) for each in chosen)]       # a tie is shared
        return np.asarray(np.maximum(missing, 0)), tuple(
            Distance(ends, entry, slope) for ends, (_, entry), slope in zip(pairs, calls, slopes, strict=True))

    def terms_backward(self, own: tuple[Distance, ...], scale: float | Array) -> tuple[Array, ...]:
        return _to_points(own, [call_back(
            self.measure, entry, np.asarray(slope * np.asarray(scale, slope.dtype)), at=(self, "distance_function"))
            for _, entry, slope in own])

    def terms_hvp(self, own: tuple[Distance, ...], scale: float, prediction_dot: Any) -> tuple[Array, ...]:
        dots = self.split(prediction_dot, "anchor_dot", "positive_dot", "negative_dot")
        pulls = []
        for (first, second), entry, slope in own:
            _, tangent = call_jvp(self.measure, entry, dots[first], dots[second])
            _, bends = call_back_jvp(self.measure, entry, tangent, np.asarray(scale * slope), None)
            pulls.append(tuple(np.zeros_like(dots[0]) if bend is None else bend for bend in bends))
        return _to_points(own, pulls)


class TripletMarginLoss(TripletLoss):
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

    def __init__(self, margin: float = 1.0, p: Positive = 2.0, eps: float = 1e-6, swap: bool = False,
                 reduction: Reduction = "mean") -> None:
        super().__init__(margin, swap, reduction)
        self.p = check_range(float(p), 0, math.inf, name="p", owner="TripletMarginLoss", open_low=True)
        self.eps = eps
        self._distance = PairwiseDistance(p, eps)

    @property
    def measure(self) -> Layer:
        return self._distance


class TripletMarginWithDistanceLoss(TripletLoss):
    """TripletMarginLoss with any layer of two inputs for the distance, ``distance_function``; it may be trained too.

    ``max(0, margin + distance(anchor, positive) - distance(anchor, negative))``; without ``distance_function`` that
    is PairwiseDistance(). ``swap`` takes ``distance(positive, negative)`` for the last where that is smaller.

    Shapes:
        anchor, positive, negative: whatever ``distance_function`` takes two of; its output is that of "none"

    Gradients:
        grad_positive = scale * the distance's gradient in its second input, and so on; all 0 where the term is

    Cost: two or three calls of ``distance_function``; keeps their caches.

    Source: torch.nn.TripletMarginWithDistanceLoss; Schroff, Kalenichenko & Philbin 2015.

    Example:
        >>> from chainrule.layers import PairwiseDistance
        >>> anchor, near, far = np.zeros((1, 2)), np.array([[1.0, 1.0]]), np.array([[1.5, 0.0]])
        >>> loss = TripletMarginWithDistanceLoss(distance_function=PairwiseDistance(p=1.0, eps=0.0))
        >>> loss.forward(anchor, near, far)     # 1 + 2 - 1.5
        1.5
    """

    def __init__(self, *, distance_function: Layer | None = None, margin: float = 1.0, swap: bool = False,
                 reduction: Reduction = "mean") -> None:
        super().__init__(margin, swap, reduction)
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function

    @property
    def measure(self) -> Layer:
        return self.distance_function


def _to_points(own: tuple[Distance, ...], pulls: list[tuple[Array, ...]]) -> tuple[Array, ...]:
    """Return the gradients of the three points, given those of the ends of every distance."""
    grads = [np.zeros_like(pulls[0][0]) for _ in range(3)]
    for distance, pull in zip(own, pulls, strict=True):
        for end, grad in zip(distance.ends, pull, strict=True):
            grads[end] += grad
    return tuple(grads)
