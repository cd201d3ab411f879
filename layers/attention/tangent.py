"""Attention along a direction: the tangent of ``attend`` and of ``attend_back``, with the matrix of all weights.

Both are written for clarity and short sequences: unlike ``attend`` they hold the weights of all heads at once.
"""

from typing import NamedTuple

import numpy as np

from ..core import Array, unbroadcast
from .attend import Attended

__all__ = ["AttendedTangent", "Heads", "attend_back_jvp", "attend_jvp"]

Heads = tuple[Array, Array, Array]          # of q, k and v


class AttendedTangent(NamedTuple):
    """The tangents of queries, keys and values, and the weights before dropout with their tangent."""

    heads: Heads
    weights: Array
    weights_dot: Array


def attend_jvp(state: Attended, heads_dot: Heads) -> tuple[Array, Array, AttendedTangent]:
    """Return the tangents of ``y`` and of the weights that went out, and what ``attend_back_jvp`` needs.

    ``scores_dot  = scale * (q_dot @ k.T + q @ k_dot.T)``
    ``weights_dot = weights * (scores_dot - sum(scores_dot * weights))``
    ``y_dot       = weights_dot @ v + weights @ v_dot``
    """
    q, k, v, rules, log_sum = state
    q_dot, k_dot, v_dot = heads_dot
    scores = rules.scale * (q @ _turned(k))
    if rules.bias is not None:
        scores = scores + rules.bias
    if rules.is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]).astype(bool), scores, -np.inf).astype(scores.dtype)
    weights = np.exp(scores - log_sum)
    weights_dot = _softmax_dot(weights, rules.scale * (q_dot @ _turned(k) + q @ _turned(k_dot)))
    dropped, dropped_dot = _drop(state, weights), _drop(state, weights_dot)
    return dropped_dot @ v + dropped @ v_dot, dropped_dot, AttendedTangent(heads_dot, weights, weights_dot)


def attend_back_jvp(state: Attended, tangent: AttendedTangent, grad_y: Array, grad_y_dot: Array,
                    grad_weights: Array | float = 0.0, grad_weights_dot: Array | float = 0.0) -> tuple[Heads, Heads]:
    """Return what ``attend_back`` returns, and the tangents of it.

    ``grad_scores_dot = weights_dot * (grad_weights - sum(grad_weights * weights))``
    ``                + weights * (grad_weights_dot - sum(grad_weights_dot * weights + grad_weights * weights_dot))``
    """
    q, k, v, rules, _ = state
    (q_dot, k_dot, v_dot), weights, weights_dot = tangent
    grad = _drop(state, grad_y @ _turned(v) + grad_weights)
    grad_dot = _drop(state, grad_y_dot @ _turned(v) + grad_y @ _turned(v_dot) + grad_weights_dot)
    centred = grad - _sum(grad * weights)
    scores = rules.scale * weights * centred
    scores_dot = rules.scale * (weights_dot * centred
                                + weights * (grad_dot - _sum(grad_dot * weights + grad * weights_dot)))
    dropped, dropped_dot = _turned(_drop(state, weights)), _turned(_drop(state, weights_dot))
    grads = (scores @ k, _turned(scores) @ q, dropped @ grad_y)
    dots = (scores_dot @ k + scores @ k_dot, _turned(scores_dot) @ q + _turned(scores) @ q_dot,
            dropped_dot @ grad_y + dropped @ grad_y_dot)
    return _fitted(grads, (q, k, v)), _fitted(dots, (q, k, v))


def _softmax_dot(weights: Array, scores_dot: Array) -> Array:
    return np.asarray(weights * (scores_dot - _sum(scores_dot * weights)))


def _drop(state: Attended, weights: Array) -> Array:
    rules = state.rules
    return weights if rules.kept is None else np.asarray(weights * rules.kept * rules.gain)


def _fitted(grads: Heads, heads: Heads) -> Heads:
    grad_q, grad_k, grad_v = (unbroadcast(grad, head.shape) for grad, head in zip(grads, heads, strict=True))
    return grad_q, grad_k, grad_v


def _turned(x: Array) -> Array:
    return x.swapaxes(-1, -2)


def _sum(values: Array) -> Array:
    return np.asarray(values.sum(axis=-1, keepdims=True))
