"""Attention itself, forward and back, part by part: the matrix of all weights is never needed as a whole.

``weights = softmax(scale * q @ k.T + bias)`` and ``y = weights @ v``; the last two axes are positions and features.
Of the softmax only ``log_sum``, the logarithm of its denominator, is kept: ``weights = exp(scores - log_sum)``.
"""

from itertools import groupby
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Kept, Shape, default_rng, unbroadcast
from ..kernels import compiled, empty, in_parallel, weigh, weigh_back
from .parts import Part, parts

__all__ = ["Attended", "Rules", "attend", "attend_back", "attended_kept", "look", "look_back", "weights_shape",
           "with_dropout"]

_WORK = 16              # for a weight, so many times that of an addition


class Rules(NamedTuple):
    """How scores become weights: their factor, what is added, whether the future is hidden, and dropout.

    ``bias`` and ``kept`` (what dropout keeps, multiplied by ``gain``) broadcast to the shape of the weights.
    """

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


def attend(q: Array, k: Array, v: Array, rules: Rules, *,
           need_weights: bool = False) -> tuple[Array, Array | None, Attended]:
    """Return ``weights @ v``, the weights if they are wanted, and what the way back needs.

    A query that may look nowhere has weights of zero.

    Shapes:
        q:       (..., L, E); leading axes broadcast
        k:       (..., S, E)
        v:       (..., S, D)
        y:       (..., L, D), its axes lie in memory as those of q
        weights: (..., L, S)

    Source: Dao, Fu, Ermon, Rudra & Ré 2022, without their cuts across keys.
    """
    shape = weights_shape(q.shape, k.shape, v.shape)
    y, log_sum = _room(q, shape[:-1], v.shape[-1]), np.empty((*shape[:-1], 1), q.dtype)
    all_weights = np.zeros(shape, q.dtype) if need_weights else None
    look(q, k, v, rules, y, log_sum, all_weights)
    return y, all_weights, Attended(q, k, v, rules, log_sum)


@compiled
def look(q: Array, k: Array, v: Array, rules: Rules, y: Array, log_sum: Array, all_weights: Array | None) -> None:
    """Write ``y``, ``log_sum`` and, if they are wanted, the weights."""
    shape = weights_shape(q.shape, k.shape, v.shape)
    todo = list(parts(shape, rules.is_causal))

    def work(start: int, stop: int) -> None:
        for part in todo[start:stop]:
            scores = _scores(q, k, rules, part)[0]
            log_sum[part.place] = weigh(scores, part.first if rules.is_causal else None)
            _drop(scores, rules, part)
            np.matmul(scores, part.columns(v), out=y[part.place])
            if all_weights is not None:
                all_weights[part.place][..., part.reach] = scores

    in_parallel(work, len(todo), prod(shape) * _WORK)


def attend_back(state: Attended, grad_y: Array, grad_weights: Array | None = None,
                out: tuple[Array, Array, Array] | None = None) -> tuple[Array, Array, Array]:
    """Return the gradients of ``q``, ``k`` and ``v``, written to ``out`` if it is given.

    ``grad_v       = weights.T @ grad_y``
    ``grad_weights = grad_weights + grad_y @ v.T``
    ``grad_scores  = weights * (grad_weights - sum(grad_weights * weights))``
    ``grad_q       = scale * grad_scores @ k``
    ``grad_k       = scale * grad_scores.T @ q``

    Source: Dao et al. 2022, appendix B.2.
    """
    q, k, v, rules, _ = state
    shape = weights_shape(q.shape, k.shape, v.shape)
    keys = (*shape[:-2], shape[-1])
    grad_q, grad_k, grad_v = out or (
        _room(q, shape[:-1], q.shape[-1]), _room(k, keys, k.shape[-1]), _room(v, keys, v.shape[-1]))
    reached = shape[-2] if rules.is_causal or shape[-2] == 0 else shape[-1]
    grad_k[..., reached:, :], grad_v[..., reached:, :] = 0, 0
    look_back(state, grad_y, grad_weights, grad_q, grad_k, grad_v)
    return unbroadcast(grad_q, q.shape), unbroadcast(grad_k, k.shape), unbroadcast(grad_v, v.shape)


@compiled
def look_back(state: Attended, grad_y: Array, grad_weights: Array | None, grad_q: Array, grad_k: Array,
              grad_v: Array) -> None:
    """Write the three gradients, those of keys and values up to the last key that is seen."""
    q, k, v, rules, log_sum = state
    shape = weights_shape(q.shape, k.shape, v.shape)
    todo = [list(group) for _, group in groupby(parts(shape, rules.is_causal), key=lambda part: part.heads)]

    def work(start: int, stop: int) -> None:
        for group in todo[start:stop]:      # parts with the same keys, those that reach farthest first
            for step, part in enumerate(reversed(group)):
                scores, q_rows = _scores(q, k, rules, part)
                grad_rows = part.rows(grad_y)
                grad = _product(grad_rows, part.columns(v).swapaxes(-1, -2))
                if grad_weights is not None:
                    grad += part.cells(grad_weights)
                _drop(grad, rules, part)
                weigh_back(scores, grad, part.rows(log_sum), part.first if rules.is_causal else None)
                np.matmul(grad, part.columns(k), out=grad_q[part.place])
                _put(part.columns(grad_k), grad.swapaxes(-1, -2), q_rows, step > 0)
                _drop(scores, rules, part)
                _put(part.columns(grad_v), scores.swapaxes(-1, -2), grad_rows, step > 0)

    in_parallel(work, len(todo), prod(shape) * _WORK)
    grad_q *= rules.scale


def weights_shape(q_shape: Shape, k_shape: Shape, v_shape: Shape) -> Shape:
    """Return the shape of the weights."""
    return (*np.broadcast_shapes(q_shape[:-2], k_shape[:-2], v_shape[:-2]), q_shape[-2], k_shape[-2])


def with_dropout(rules: Rules, q: Array, k: Array, v: Array, p: float, rng: np.random.Generator | None) -> Rules:
    """Return rules by which each weight is left out with probability ``p``, and the rest scaled up."""
    if p == 0:
        return rules
    kept = default_rng(rng).random(weights_shape(q.shape, k.shape, v.shape), dtype=np.float32) >= p
    return rules._replace(kept=kept, gain=1 / (1 - p) if p < 1 else 0.0)


def attended_kept(shape: Shape, dropping: bool) -> tuple[Kept, ...]:
    """Return what is kept for weights of a shape beside ``q``, ``k``, ``v`` and ``bias``."""
    log_sum = Kept("log_sum", prod(shape[:-1]))
    return (log_sum, Kept("dropout", prod(shape), 1)) if dropping else (log_sum,)


def _scores(q: Array, k: Array, rules: Rules, part: Part) -> tuple[Array, Array]:
    """Return scores before the future is hidden, and the queries times ``scale`` that they were made from."""
    q_rows = part.rows(q) * rules.scale
    scores = _product(q_rows, part.columns(k).swapaxes(-1, -2))
    if rules.bias is not None:
        scores += part.cells(rules.bias)
    return scores, q_rows


def _product(left: Array, right: Array) -> Array:
    right = np.ascontiguousarray(right)         # small matrices are quicker to turn than to take a product with turned
    return np.matmul(left, right, out=empty((*left.shape[:-1], right.shape[-1]), left.dtype))


def _put(out: Array, left: Array, right: Array, add: bool) -> None:
    """Write a product, or add it to what is there."""
    if add:
        out += _product(left, right)
    else:
        np.matmul(left, right, out=out)


def _drop(weights: Array, rules: Rules, part: Part) -> None:
    if rules.kept is not None:
        weights *= part.cells(rules.kept)
        weights *= rules.gain


def _room(like: Array, rows: Shape, features: int) -> Array:
    """Return an uninitialised array, its axes in memory as those of ``like`` unless that is stretched."""
    shape = (*rows, features)
    if like.shape[:-2] != rows[:-1]:
        return empty(shape, like.dtype)
    order = np.argsort([-abs(stride) for stride in like.strides], kind="stable")
    return empty(tuple(shape[axis] for axis in order), like.dtype).transpose(np.argsort(order))
