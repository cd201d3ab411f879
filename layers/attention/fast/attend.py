"""Attention in one call: every thread has heads of its own, and goes through them by rows that fit into the cache.

Only what is most common is compiled: single precision, nothing added to the scores, no dropout, no weights asked for.
"""

from math import prod

import numpy as np

from ...core import Array
from ...kernels import empty, shares
from ...kernels.fast.attention import weigh_back_rows, weigh_rows
from ...kernels.fast.blas import address_of, multiply
from ...kernels.fast.jit import shared
from .. import attend
from ..attend import Attended, Rules, weights_shape

__all__ = ["look", "look_back"]

_WORK = 16              # for a weight, so many times that of an addition
_ROOM = 1 << 15         # weights at a time


def look(q: Array, k: Array, v: Array, rules: Rules, y: Array, log_sum: Array, all_weights: Array | None) -> None:
    """See the definition."""
    shape = weights_shape(q.shape, k.shape, v.shape)
    if all_weights is not None or not _fits(rules, q, k, v, y):
        attend.look.definition(q, k, v, rules, y, log_sum, all_weights)
        return
    heads = [_heads(array, shape[:-2]) for array in (q, k, v, y, log_sum)]
    edges, rows = shares(prod(shape[:-2]), prod(shape) * _WORK), max(1, _ROOM // max(1, shape[-1]))
    scores = empty((len(edges) - 1, min(rows, shape[-2]) * shape[-1]), q.dtype)
    _look(edges, address_of(q.dtype), *heads, rules.scale, rules.is_causal, rows, scores)


def look_back(state: Attended, grad_y: Array, grad_weights: Array | None, grad_q: Array, grad_k: Array,
              grad_v: Array) -> None:
    """See the definition."""
    q, k, v, rules, log_sum = state
    shape = weights_shape(q.shape, k.shape, v.shape)
    if grad_weights is not None or not _fits(rules, q, k, v, grad_y, grad_q, grad_k, grad_v):
        attend.look_back.definition(state, grad_y, grad_weights, grad_q, grad_k, grad_v)
        return
    heads = [_heads(array, shape[:-2]) for array in (q, k, v, log_sum, grad_y, grad_q, grad_k, grad_v)]
    edges, rows = shares(prod(shape[:-2]), prod(shape) * _WORK), max(1, _ROOM // max(1, shape[-1]))
    scores = empty((2, len(edges) - 1, min(rows, shape[-2]) * shape[-1]), q.dtype)
    _look_back(edges, address_of(q.dtype), *heads, rules.scale, rules.is_causal, rows, *scores)


def _fits(rules: Rules, *arrays: Array) -> bool:
    plain = rules.bias is None and rules.kept is None
    return plain and all(array.dtype == np.float32 and array.ndim <= 4 and array.size > 0 and array.shape[-1] > 1
                         and array.strides[-1] == array.itemsize for array in arrays)


def _heads(array: Array, lead: tuple[int, ...]) -> Array:
    """Return (batch, heads, positions, features), with axes of size one where there are fewer."""
    stretched = array if array.shape[:-2] == lead else np.broadcast_to(array, (*lead, *array.shape[-2:]))
    return stretched[(None,) * (4 - stretched.ndim)]


@shared
def _look(part: int, start: int, stop: int, blas: int, q: Array, k: Array, v: Array, y: Array, log_sum: Array,
          scale: float, is_causal: bool, rows: int, scores: Array) -> None:
    length, source = q.shape[2], k.shape[2]
    for head in range(start, stop):
        i, j = head // q.shape[1], head % q.shape[1]
        for first in range(0, length, rows):
            last = min(first + rows, length)
            reach = min(last, source) if is_causal else source
            weights = scores[part, :(last - first) * reach].reshape(last - first, reach)
            multiply(blas, q[i, j, first:last], k[i, j, :reach].T, weights, False, scale)
            weigh_rows(weights, log_sum[i, j, first:last, 0], last - first, first if is_causal else reach)
            multiply(blas, weights, v[i, j, :reach], y[i, j, first:last], False)


@shared
def _look_back(part: int, start: int, stop: int, blas: int, q: Array, k: Array, v: Array, log_sum: Array, grad_y: Array,
               grad_q: Array, grad_k: Array, grad_v: Array, scale: float, is_causal: bool, rows: int, scores: Array,
               grads: Array) -> None:
    length, source = q.shape[2], k.shape[2]
    for head in range(start, stop):
        i, j = head // q.shape[1], head % q.shape[1]
        steps = (length + rows - 1) // rows
        for step in range(steps - 1, -1, -1):       # those that reach farthest first
            first, last = step * rows, min(step * rows + rows, length)
            reach, keep = min(last, source) if is_causal else source, step < steps - 1
            weights = scores[part, :(last - first) * reach].reshape(last - first, reach)
            grad = grads[part, :(last - first) * reach].reshape(last - first, reach)
            multiply(blas, q[i, j, first:last], k[i, j, :reach].T, weights, False, scale)
            multiply(blas, grad_y[i, j, first:last], v[i, j, :reach].T, grad, False)
            weigh_back_rows(weights, grad, log_sum[i, j, first:last, 0], last - first, first if is_causal else reach)
            multiply(blas, grad, k[i, j, :reach], grad_q[i, j, first:last], False, scale)
            multiply(blas, grad.T, q[i, j, first:last], grad_k[i, j, :reach], keep, scale)
            multiply(blas, weights.T, grad_y[i, j, first:last], grad_v[i, j, :reach], keep)
