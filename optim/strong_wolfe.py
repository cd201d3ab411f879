"""A line search: how far to go along a direction so that both the loss and its slope have fallen enough."""

import math
from collections.abc import Callable
from typing import NamedTuple

from ..layers.core import Array

__all__ = ["Trial", "strong_wolfe"]

_ENOUGH = 1e-4      # of the fall that the first slope promises: c1
_FLATTER = 0.9      # of the first slope, up or down: c2


class Trial(NamedTuple):
    """A point on the line: how far it is, loss and gradient there, and the slope along the line."""

    t: float
    loss: float
    grad: Array
    slope: float


def strong_wolfe(evaluate: Callable[[float], Trial], start: Trial, t: float, *, limit: int, narrow: float) -> Trial:
    """Return a point where the loss has fallen enough and is flat enough, or the best one found.

    ``start`` is the point with ``t = 0``, where the slope must be negative. The first trial is at ``t``; after it
    there are at most ``limit``, until the minimum has been passed and then between the points on both sides of it. An
    interval shorter than ``narrow`` is not searched any further.

    Formula: loss <= start.loss + 1e-4 * t * start.slope  and  abs(slope) <= 0.9 * abs(start.slope)

    Source: Nocedal & Wright 2006, algorithms 3.5 and 3.6, with the safeguards of Schmidt's minFunc.

    Example:
        >>> from chainrule.optim.strong_wolfe import Trial, strong_wolfe
        >>> def parabola(t):
        ...     return Trial(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
        >>> strong_wolfe(parabola, parabola(0.0), 0.01, limit=25, narrow=1e-9).t
        0.1
    """
    before, here = start, evaluate(t)
    for used in range(limit):
        if _too_high(here, start) or (used > 1 and here.loss >= before.loss):
            return _close_in(evaluate, start, [before, here], limit - used, narrow)
        if _flat(here, start):
            return here
        if here.slope >= 0:
            return _close_in(evaluate, start, [before, here], limit - used, narrow)
        t = _least_of_cubic(before, here, here.t + 0.01 * (here.t - before.t), 10 * here.t)
        before, here = here, evaluate(t)
    return start if start.loss <= here.loss else here


def _close_in(evaluate: Callable[[float], Trial], start: Trial, ends: list[Trial], limit: int, narrow: float) -> Trial:
    """Shrink the interval between two trials around a point that will do; ``best`` is the index of the lower end."""
    best, stuck = int(ends[1].loss < ends[0].loss), False
    for _ in range(limit):
        low, high = sorted((ends[0].t, ends[1].t))
        if high - low < narrow:
            break
        t = _least_of_cubic(ends[0], ends[1], low, high)
        margin = 0.1 * (high - low)
        near_end = min(high - t, t - low) < margin
        if near_end and (stuck or not low < t < high):          # near an end twice: do not creep along
            t, near_end = (high - margin if high - t < t - low else low + margin), False
        stuck, here = near_end, evaluate(t)
        if _too_high(here, start) or here.loss >= ends[best].loss:
            ends[1 - best] = here
            best = int(ends[1].loss < ends[0].loss)
        elif _flat(here, start):
            return here
        else:
            if here.slope * (ends[1 - best].t - ends[best].t) >= 0:
                ends[1 - best] = ends[best]
            ends[best] = here
    return ends[best]


def _too_high(trial: Trial, start: Trial) -> bool:
    return trial.loss > start.loss + _ENOUGH * trial.t * start.slope


def _flat(trial: Trial, start: Trial) -> bool:
    return abs(trial.slope) <= -_FLATTER * start.slope


def _least_of_cubic(a: Trial, b: Trial, low: float, high: float) -> float:
    """Return where from ``low`` to ``high`` the cubic through losses and slopes of two trials is least."""
    left, right = sorted((a, b), key=lambda trial: trial.t)
    width = right.t - left.t
    mean = left.slope + right.slope - 3 * (right.loss - left.loss) / width if width else math.nan
    discriminant = mean * mean - left.slope * right.slope
    root = math.sqrt(discriminant) if discriminant >= 0 else math.nan
    bend = right.slope - left.slope + 2 * root
    if not abs(bend) > 0:           # no minimum, or not a number
        return (low + high) / 2
    return min(max(right.t - width * (right.slope + root - mean) / bend, low), high)
