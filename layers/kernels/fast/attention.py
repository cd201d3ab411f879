"""Scores to weights and back, row by row; double precision is left to the definitions."""

import math

import numpy as np

from ...core import Array
from .. import attention
from .exponential import exp_below
from .jit import inlined, jit, jit_without_nan

__all__ = ["weigh", "weigh_back", "weigh_back_rows", "weigh_rows"]

_LANES = 16             # of the widest vectors
_ZERO, _ONE, _NOTHING = np.float32(0), np.float32(1), np.float32(-np.inf)


def weigh(scores: Array, first: int | None) -> Array:
    """See the definition."""
    if scores.dtype != np.float32:
        return attention.weigh.definition(scores, first)
    length, source = scores.shape[-2:]
    log_sum = np.empty((*scores.shape[:-1], 1), scores.dtype)
    weigh_rows(scores.reshape(-1, source), log_sum.reshape(-1), length, source if first is None else first)
    return log_sum


def weigh_back(scores: Array, grad: Array, log_sum: Array, first: int | None) -> None:
    """See the definition."""
    if scores.dtype != np.float32:
        attention.weigh_back.definition(scores, grad, log_sum, first)
    else:
        length, source = scores.shape[-2:]
        weigh_back_rows(scores.reshape(-1, source), grad.reshape(-1, source), log_sum.reshape(-1), length,
                    source if first is None else first)


@jit_without_nan
def _largest(row: Array) -> np.float32:
    largest = _NOTHING
    for s in range(row.size):
        largest = max(largest, row[s])
    return largest


@inlined
def _seen(row: Array, count: int) -> Array:
    """Return the beginning of a row with its ``count`` scores that are seen, in whole vectors; hide those behind."""
    seen = row[:min((count + _LANES - 1) // _LANES * _LANES, row.size)]
    seen[count:] = _NOTHING
    row[seen.size:] = _ZERO
    return seen


@jit
def weigh_rows(scores: Array, log_sum: Array, length: int, first: int) -> None:
    for r in range(scores.shape[0]):
        row = _seen(scores[r], first + r % length + 1)
        top = _largest(row)
        if top == _NOTHING:
            top = _ZERO
        whole = _ZERO
        for s in range(row.size):
            e = exp_below(row[s] - top)
            row[s] = e
            whole += e
        if whole == _ZERO:
            whole = _ONE
        part = _ONE / whole
        for s in range(row.size):
            row[s] *= part
        log_sum[r] = top + math.log(whole)


@jit
def weigh_back_rows(scores: Array, grad: Array, log_sum: Array, length: int, first: int) -> None:
    for r in range(scores.shape[0]):
        row = _seen(scores[r], first + r % length + 1)
        grad_row = grad[r, :row.size]
        below, inner = log_sum[r], _ZERO
        for s in range(row.size):
            row[s] = exp_below(row[s] - below)
        for s in range(row.size):
            inner += row[s] * grad_row[s]
        for s in range(row.size):
            grad_row[s] = row[s] * (grad_row[s] - inner)
        grad[r, row.size:] = _ZERO
