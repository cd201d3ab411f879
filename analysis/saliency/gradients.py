"""Explanations by gradients: plain, through other rectifier rules, times input, of noisy inputs, along a path."""

import copy
import math

import numpy as np

from ...layers.core import (
    Array,
    Layer,
    NonNegative,
    Positive,
    Size,
    ValueRangeError,
    as_dtype,
    check_range,
    check_size,
    default_rng,
)
from .rules import relu_rule
from .score import Target, chosen, score_gradient, scored_gradient, scores_of

__all__ = ["deconvnet", "gradient", "gradient_times_input", "guided_backprop", "integrated_gradients", "smooth_grad"]

MOST_STEPS, MOST_HALVINGS = 8192, 40


def gradient(model: Layer, x: Array, target: Target = None) -> Array:
    """Return the saliency ``∂ score / ∂ x``.

    Source: Simonyan, Vedaldi & Zisserman 2014.

    Example:
        >>> from chainrule.analysis.saliency import gradient
        >>> model = Sequential(Linear(3, 2))
        >>> bool((gradient(model, np.ones((1, 3), np.float32), target=1) == model[0].weight.data[1]).all())
        True
    """
    return score_gradient(model, x, target)


def deconvnet(model: Layer, x: Array, target: Target = None) -> Array:
    """Return what comes down a network whose rectifiers rectify the signal on its way back.

    Source: Zeiler & Fergus 2014.
    """
    with relu_rule("deconvnet"):
        return score_gradient(model, x, target)


def guided_backprop(model: Layer, x: Array, target: Target = None) -> Array:
    """Return the gradient through rectifiers that let only positive gradients pass.

    Source: Springenberg et al. 2015.
    """
    with relu_rule("guided"):
        return score_gradient(model, x, target)


def gradient_times_input(model: Layer, x: Array, target: Target = None) -> Array:
    """Return ``x * ∂ score / ∂ x``, what each input contributes to first order.

    Source: Shrikumar et al. 2016.
    """
    return x * score_gradient(model, x, target)


def smooth_grad(model: Layer, x: Array, target: Target = None, samples: Size = 50, noise: Positive = 0.15, *,
                rng: np.random.Generator | None = None) -> Array:
    """Return the mean gradient at inputs with Gaussian noise, of deviation ``noise`` times the sample's range.

    Source: Smilkov et al. 2017, equation 2 and section 3.2.
    """
    check_size(samples, "samples", "smooth_grad")
    check_range(noise, 0, math.inf, name="noise", owner="smooth_grad")
    classes, rng = chosen(model, x, target), default_rng(rng)
    axes = tuple(range(1, x.ndim))
    deviation = noise * (x.max(axis=axes, keepdims=True) - x.min(axis=axes, keepdims=True))
    mean = np.zeros(x.shape)
    for _ in range(samples):
        mean += score_gradient(model, as_dtype(x + deviation * rng.standard_normal(x.shape), x.dtype), classes)
    return as_dtype(mean / samples, x.dtype)


def integrated_gradients(model: Layer, x: Array, target: Target = None, baseline: Array | float = 0.0,
                         steps: Size = 32, tolerance: NonNegative = 1e-3) -> Array:
    """Return ``(x - baseline) * mean of ∂ score / ∂ x`` along the straight line from the baseline to ``x``.

    The values of a sample sum to ``score(x) - score(baseline)``. The mean is taken at the middles of ``steps`` pieces.
    As long as the sum is off by more than ``tolerance`` (times the difference, if that is larger than 1), pieces are
    halved on which the gradient does not tell how the score changes: where a rectifier opens, a maximum moves on. All
    is done in float64.

    Raises: ValueRangeError when 8192 pieces or 40 halvings are not enough, as where the score jumps.

    Source: Sundararajan, Taly & Yan 2017, equations 1 and 3, proposition 1.

    Example:
        >>> from chainrule.analysis.saliency import integrated_gradients
        >>> model = Sequential(Linear(2, 1))
        >>> model[0].weight.data = np.array([[3.0, -1.0]])
        >>> integrated_gradients(model, np.array([[1.0, 2.0]], np.float32)).round(3).tolist()
        [[3.0, -2.0]]
    """
    check_size(steps, "steps", "integrated_gradients")
    check_range(tolerance, 0, math.inf, name="tolerance", owner="integrated_gradients")
    classes, twin = chosen(model, x, target), copy.deepcopy(model).astype(np.float64)
    start = np.broadcast_to(np.asarray(baseline, np.float64), x.shape)
    paths = zip(start, x.astype(np.float64), classes, strict=True)
    return as_dtype(np.stack([_along(twin, *path, steps, tolerance) for path in paths]), x.dtype)


def _along(model: Layer, start: Array, end: Array, label: int, steps: int, tolerance: float) -> Array:
    """Return the integrated gradients of one sample."""
    edges, way = np.linspace(0, 1, steps + 1), end - start

    def at(places: Array) -> Array:
        return np.asarray(start + places.reshape(-1, *(1,) * way.ndim) * way)

    scores = scores_of(model, at(edges))[:, label]
    tolerance *= max(1, abs(scores[-1] - scores[0]))
    low, high, score_low, score_high = edges[:-1], edges[1:], scores[:-1], scores[1:]
    mean, gap, settled = np.zeros(way.shape), 0.0, 0        # of the pieces that need not be halved any more
    for _ in range(MOST_HALVINGS):
        middle, width = (low + high) / 2, high - low
        score_middle, gradients = scored_gradient(model, at(middle), np.full(len(middle), label))
        error = width * (gradients * way).reshape(len(width), -1).sum(axis=1) - (score_high - score_low)
        if abs(gap + error.sum()) <= tolerance:
            return np.asarray(way * (mean + np.tensordot(width, gradients, 1)))
        off = np.abs(error) > tolerance / MOST_STEPS
        mean += np.tensordot(width[~off], gradients[~off], 1)
        gap += error[~off].sum()
        settled += len(off) - int(off.sum())
        low, high, score_low, score_high = (
            np.concatenate([first[off], second[off]])
            for first, second in ((low, middle), (middle, high), (score_low, score_middle), (score_middle, score_high)))
        if settled + len(low) > MOST_STEPS:
            break
    raise ValueRangeError(f"integrated_gradients expected a sum within {tolerance:g} of the scores' difference after "
                          f"{MOST_STEPS} pieces or {MOST_HALVINGS} halvings, got a score that jumps too often on its "
                          f"way; take another baseline or a larger tolerance")
