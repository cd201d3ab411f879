"""Explanations by gradients: plain, through other rectifier rules, times input, of noisy inputs, along a path."""

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
from .score import Target, chosen, score_gradient, scores_of

__all__ = ["deconvnet", "gradient", "gradient_times_input", "guided_backprop", "integrated_gradients", "smooth_grad"]

MOST_STEPS = 8192


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

    The values of a sample sum to ``score(x) - score(baseline)``. The mean is taken at the middles of ``steps`` pieces;
    where the sum is off by more than ``tolerance`` (times the difference, if that is larger than 1), twice as many are
    taken.

    Raises: ValueRangeError when 8192 steps are not enough, as where the score jumps.

    Source: Sundararajan, Taly & Yan 2017, equations 1 and 3, proposition 1.

    Example:
        >>> from chainrule.analysis.saliency import integrated_gradients
        >>> integrated_gradients(Sequential(Linear(2, 1, bias=False)), np.zeros((1, 2), np.float32)).tolist()
        [[0.0, 0.0]]
    """
    check_size(steps, "steps", "integrated_gradients")
    check_range(tolerance, 0, math.inf, name="tolerance", owner="integrated_gradients")
    start = as_dtype(np.broadcast_to(np.asarray(baseline), x.shape), x.dtype)
    classes, rows = chosen(model, x, target), np.arange(len(x))
    wanted = (scores_of(model, x).astype(np.float64) - scores_of(model, start))[rows, classes]
    result = np.zeros(x.shape)
    left = rows     # the samples that are not done yet
    while len(left):
        if steps > MOST_STEPS:
            raise ValueRangeError(f"integrated_gradients expected sums within {tolerance:g} of the scores' difference "
                                  f"after {MOST_STEPS} steps, got {len(left)} of {len(x)} samples further off; take "
                                  f"another baseline or a larger tolerance")
        mean = np.zeros((len(left), *x.shape[1:]))
        for step in range(steps):
            between = start[left] + as_dtype((step + 0.5) / steps * (x[left] - start[left]), x.dtype)
            mean += score_gradient(model, between, classes[left])
        result[left] = (x[left] - start[left]) * mean / steps
        gap = np.abs(result[left].reshape(len(left), -1).sum(axis=1) - wanted[left])
        left, steps = left[~(gap <= tolerance * np.maximum(1, np.abs(wanted[left])))], 2 * steps
    return as_dtype(result, x.dtype)
