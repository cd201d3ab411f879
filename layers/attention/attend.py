"""Attention itself, forward and back, part by part: the matrix of all weights is never needed as a whole.

``weights = softmax(scale * q @ k.T + bias)`` and ``y = weights @ v``, the last two axes being positions and features.
Of the weights only ``log_sum``, the logarithm of the softmax's denominator, is kept: ``exp(scores - log_sum)`` gives
them back. Source: Dao, Fu, Ermon, Rudra & Ré 2022 (the same in blocks), appendix B.2 for the way back.
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Kept, Shape, unbroadcast

__all__ = ["Attended", "Rules", "attend", "attend_back", "attended_kept", "attended_work", "parts"]

_ROOM = 1 << 17         # scores at a time

Part = tuple[int | slice, ...]


class Rules(NamedTuple):
    """How scores become weights: their factor, what is added, who is hidden, and what dropout kept (times ``gain``)."""

    scale: float
    bias: Array | None = None
    is_causal: bool = False
    kept: Array | None = None
    gain: float = 1.0


class Attended(NamedTuple):
    """What the weights can be computed from again, and the values."""

    q: Array
    k: Array
    v: Array
    rules: Rules
    log_sum: Array


def attend(q: Array, k: Array, v: Array, rules: Rules, need_weights: bool = False) -> tuple[Array, Array | None,
                                                                                            Attended]:
    """Return ``weights @ v``, the weights if they are wanted, and what the way back needs.

    A query that may look nowhere gets weights of zero.

    Shapes:
        q:       (..., L, E), leading axes broadcast
        k:       (..., S, E)
        v:       (..., S, Ev)
        y:       (..., L, Ev), in memory its axes are in the order of those of q
        weights: (..., L, S)
    """
    shape = _scores_shape(q.shape, k.shape)
    lead = shape[:-2]
    q, k, v, rules = _stretched(q, k, v, rules, shape)
    y = np.empty_like(q, shape=(*lead, shape[-2], v.shape[-1]))
    log_sum = np.empty((*shape[:-1], 1), q.dtype)
    weights = np.zeros(shape, q.dtype) if need_weights else None
    for part in parts(shape):
        keys = _keys(part, shape, rules)
        scores = _scores(q, k, rules, part, keys)
        top = scores.max(axis=-1, keepdims=True)
        top[top == -np.inf] = 0
        np.exp(np.subtract(scores, top, out=scores), out=scores)
        sums = scores.sum(axis=-1, keepdims=True)
        sums[sums == 0] = 1
        log_sum[part] = np.log(sums) + top
        scores /= sums
        if rules.kept is not None:
            scores *= _cut(rules.kept, part, keys)
            scores *= rules.gain
        y[part] = scores @ _rows(v, part, keys)
        if weights is not None:
            weights[part][..., keys] = scores
    return y, weights, Attended(q, k, v, rules, log_sum)


def attend_back(state: Attended, grad_y: Array, grad_weights: Array | None = None) -> tuple[Array, Array, Array]:
    """Return the gradients of ``q``, ``k`` and ``v`` as ``attend`` stretched them, before sums over broadcast axes.

    ``grad_v       = weights.T @ grad_y``
    ``grad_weights += grad_y @ v.T``
    ``grad_scores  = weights * (grad_weights - sum(grad_weights * weights))``
    ``grad_q       = scale * grad_scores @ k``
    ``grad_k       = scale * grad_scores.T @ q``
    """
    q, k, v, rules, log_sum = state
    shape = _scores_shape(q.shape, k.shape)
    grad_q, grad_k, grad_v = np.empty_like(q), np.zeros_like(k), np.zeros_like(v)
    return grad_q, grad_k, grad_v
