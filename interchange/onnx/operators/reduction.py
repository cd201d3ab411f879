"""Sums, means, norms and extremes over some axes."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ....layers.core import Array, as_dtype, check_shape
from .operator import Operator

__all__ = ["REDUCTIONS", "Reduction"]


class ReductionCache(NamedTuple):
    """The input, the output with all axes kept, the axes, and whether they were kept."""

    x: Array
    y: Array
    axes: tuple[int, ...]
    keepdims: bool
    arguments: int


class Rule(NamedTuple):
    """What becomes of values along axes, and its slope in each of them, given input and output."""

    value: Callable[..., Any]
    slope: Callable[[Any, Any], Any]


class Reduction(Operator):
    """One number for all values along axes, ``y = value(x)``; it is one of ``REDUCTIONS``, by the operator's name.

    Gradients:
        grad_x = grad_out * slope(x, y); those that tie for an extreme share it
    """

    def forward(self, *given: Any) -> Array:
        x, *rest = self.arguments(given)
        check_shape(x, (...,), name="x", owner=self)
        axes = rest[0] if rest and rest[0] is not None else self.options.get("axes")
        none = axes is None or len(axes) == 0
        if none and self.options.get("noop_with_empty_axes"):
            chosen: tuple[int, ...] = ()
        else:
            chosen = tuple(range(x.ndim)) if none or axes is None else tuple(int(axis) % x.ndim for axis in axes)
        y = np.asarray(REDUCTIONS[self.name].value(x, chosen), x.dtype)
        keepdims = bool(self.options.get("keepdims", 1))
        self.cache = ReductionCache(x, y, chosen, keepdims, 1 + len(rest))
        return y if keepdims else y.squeeze(chosen)

    def backward(self, grad_out: Array) -> Any:
        x, y, axes, keepdims, arguments = self.saved()
        grad = grad_out if keepdims else np.expand_dims(grad_out, axes)
        slope = REDUCTIONS[self.name].slope(x, y)
        grad_x = as_dtype(np.broadcast_to(grad, y.shape) * np.broadcast_to(slope, x.shape), x.dtype)
        return self.spread([grad_x, *[None] * (arguments - 1)])


def _over(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axes: function(x, axis=axes, keepdims=True)


def _winners(x: Any, y: Any) -> Any:
    wins = x == y
    axes = tuple(axis for axis in range(x.ndim) if x.shape[axis] != y.shape[axis])
    return wins / wins.sum(axis=axes, keepdims=True)


def _log_sum_exp(x: Any, axes: Any) -> Any:
    largest = x.max(axis=axes, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(largest), largest, 0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(x - shift).sum(axis=axes, keepdims=True)) + shift


def _log_sum(x: Any, axes: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.log(x.sum(axis=axes, keepdims=True))


def _extreme(function: Callable[..., Any], empty: float) -> Callable[..., Any]:
    return lambda x, axes: function(x, axis=axes, keepdims=True, initial=empty)


REDUCTIONS: dict[str, Rule] = {
    "ReduceL1": Rule(lambda x, axes: np.abs(x).sum(axis=axes, keepdims=True), lambda x, y: np.sign(x)),
    "ReduceL2": Rule(lambda x, axes: np.sqrt((x * x).sum(axis=axes, keepdims=True)),
                     lambda x, y: x / np.where(y > 0, y, np.inf)),
    "ReduceLogSum": Rule(_log_sum, lambda x, y: np.exp(-y)),
    "ReduceLogSumExp": Rule(_log_sum_exp, lambda x, y: np.exp(x - y)),
    "ReduceMax": Rule(_extreme(np.max, -np.inf), _winners),
    "ReduceMean": Rule(_over(np.mean), lambda x, y: y.size / x.size),
    "ReduceMin": Rule(_extreme(np.min, np.inf), _winners),
    "ReduceSum": Rule(_over(np.sum), lambda x, y: 1.0),
    "ReduceSumSquare": Rule(lambda x, axes: (x * x).sum(axis=axes, keepdims=True), lambda x, y: 2 * x),
}
