"""All steps of a long short-term memory in one call, in single precision; each thread has sequences of its own."""

from collections.abc import Sequence

import numpy as np

from ...core import Array
from ...kernels import shares
from ...kernels.fast.blas import address_of
from .. import recurrence
from ..lstm import LSTMRecurrence
from ..recurrence import Recurrence
from .lstm import step_back_rows, step_rows

__all__ = ["walk", "walk_back"]

_WORK = 64              # so many times that of an addition, for each gate


def walk(cell: Recurrence, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array],
         alive: Sequence[int]) -> None:
    """See the definition."""
    if not _fits(cell, kept[0]):
        recurrence.walk.definition(cell, kept, before, after, alive)
        return
    gates = kept[0]
    step_rows(shares(gates.shape[1], gates.size * _WORK), address_of(gates.dtype), cell.weights, gates,
              np.empty(gates.shape[1:], gates.dtype), cell.bias, *before, *after, np.array(alive), cell.reverse)


def walk_back(cell: Recurrence, grad_gates: Array, grad_hidden: Array, grad_y: Array | None, grads: Sequence[Array],
              kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array], alive: Sequence[int]) -> None:
    """See the definition."""
    if not _fits(cell, grad_gates):
        recurrence.walk_back.definition(cell, grad_gates, grad_hidden, grad_y, grads, kept, before, after, alive)
        return
    (grad_h, grad_c), (gates,), (_, c), (_, c_next) = grads, kept, before, after
    edges = shares(gates.shape[1], gates.size * _WORK)
    step_back_rows(edges, address_of(gates.dtype), cell.weights, grad_gates, grad_y, grad_h, grad_c, gates, c, c_next,
                   np.empty_like(grad_c), np.array(alive), cell.reverse)


def _fits(cell: Recurrence, gates: Array) -> bool:
    return type(cell) is LSTMRecurrence and cell.weight_hr is None and gates.dtype == np.float32
