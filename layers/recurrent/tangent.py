"""The walk of a recurrent layer along a direction: tangents of every state forward, and of every gradient back.

Written for clarity, in NumPy alone, unlike the walks themselves.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core import Array, Parameter, total
from .recurrence import Recurrence, Step, Trace

__all__ = ["product_dot", "walk_back_jvp", "walk_jvp"]


def walk_jvp(cell: Recurrence, trace: Trace, x_dot: Array, states_dot: Sequence[Array], alive: Sequence[int]) -> Trace:
    """Return the tangent of a trace; ``states_dot`` change in place, as the states did in ``forward``."""
    x, kept, held = trace
    length, batch, _ = x.shape
    first, last = (-1, 0) if cell.reverse else (0, -1)
    held_dot = tuple(np.zeros_like(steps) for steps in held)
    (before, after), (before_dot, after_dot) = cell.sides(held), cell.sides(held_dot)
    for steps, state in zip(held_dot, states_dot, strict=True):
        steps[first] = state[cell.number]
    kept_dot = cell.room(length, batch, after_dot)
    kept_dot[0][...] = _affine_dot(cell.weight_ih, cell.bias_ih, x, x_dot)
    for t in cell.order(length):
        n = alive[t]
        at = Step(_at(kept, t, n), _at(before, t, n), _at(after, t, n))
        dot = Step(_at(kept_dot, t, n), _at(before_dot, t, n), _at(after_dot, t, n))
        cell.step_jvp(_affine_dot(cell.weight_hh, cell.bias_hh, at.before[0], dot.before[0]), at, dot)
        for old, new in zip(before_dot, after_dot, strict=True):
            new[t, n:] = old[t, n:]
    for steps, state in zip(held_dot, states_dot, strict=True):
        state[cell.number] = steps[last]
    return Trace(x_dot, kept_dot, held_dot)


def walk_back_jvp(cell: Recurrence, trace: Trace, tangent: Trace, grad_y: Array, grad_y_dot: Array,
                  grads: Sequence[Array], grads_dot: Sequence[Array], alive: Sequence[int]) -> tuple[Array, Array]:
    """Return the gradient of ``x`` and its tangent; ``grads`` and ``grads_dot`` change in place, as in backward."""
    (x, kept, held), (x_dot, kept_dot, held_dot) = trace, tangent
    (before, after), (before_dot, after_dot) = cell.sides(held), cell.sides(held_dot)
    grad_gates, grad_gates_dot = (np.zeros((*x.shape[:2], cell.gates * cell.hidden_size), x.dtype) for _ in "gd")
    grad_hidden, grad_hidden_dot = (np.zeros_like(each) if cell.hidden_apart else each
                                    for each in (grad_gates, grad_gates_dot))
    weight, weight_dot = cell.weight_hh.data, cell.weight_hh.dot
    cell.weights = weight[None]
    for t in reversed(cell.order(len(x))):
        n = alive[t]
        at = Step(_at(kept, t, n), _at(before, t, n), _at(after, t, n))
        dot = Step(_at(kept_dot, t, n), _at(before_dot, t, n), _at(after_dot, t, n))
        here, here_dot = ([grad[cell.number, :n] for grad in each] for each in (grads, grads_dot))
        here[0] += grad_y[t, :n]
        here_dot[0] += grad_y_dot[t, :n]
        late = [grad.copy() for grad in here]
        cell.step_back(grad_gates[t, :n], grad_hidden[t, :n], here, *at)
        cell.step_back_jvp(grad_gates_dot[t, :n], grad_hidden_dot[t, :n], late, here_dot, at, dot)
        here_dot[0] += grad_hidden_dot[t, :n] @ weight
        if weight_dot is not None:
            here_dot[0] += grad_hidden[t, :n] @ weight_dot
    _learn_both(cell.weight_ih, cell.bias_ih, (grad_gates, grad_gates_dot), (x, x_dot))
    _learn_both(cell.weight_hh, cell.bias_hh, (grad_hidden, grad_hidden_dot), (before[0], before_dot[0]))
    weight, weight_dot = cell.weight_ih.data, cell.weight_ih.dot
    grad_x_dot = grad_gates_dot @ weight
    return grad_gates @ weight, grad_x_dot if weight_dot is None else grad_x_dot + grad_gates @ weight_dot


def _affine_dot(weight: Parameter, bias: Parameter | None, x: Array, x_dot: Array) -> Array:
    """Return the tangent of ``x @ weight.T + bias``."""
    moved = total(x_dot @ weight.data.T, None if weight.dot is None else x @ weight.dot.T,
                  None if bias is None else bias.dot)
    return np.asarray(moved)


def _learn_both(weight: Parameter, bias: Parameter | None, grad: tuple[Array, Array],
                source: tuple[Array, Array]) -> None:
    """Add to the gradients of ``source @ weight.T + bias`` and to their tangents, given pairs of value and tangent."""
    (grad_rows, grad_rows_dot), (rows, rows_dot) = ([_rows(each) for each in pair] for pair in (grad, source))
    if weight.requires_grad:
        weight.grad += grad_rows.T @ rows
        weight.grad_dot += product_dot(grad_rows.T, grad_rows_dot.T, rows, rows_dot, np.matmul)
    if bias is not None and bias.requires_grad:
        bias.grad += grad_rows.sum(axis=0)
        bias.grad_dot += grad_rows_dot.sum(axis=0)


def product_dot(a: Array, a_dot: Array, b: Array, b_dot: Array,
                product: Callable[[Array, Array], Any] = np.multiply) -> Array:
    """Return the tangent of a product, ``a_dot * b + a * b_dot``."""
    return np.asarray(product(a_dot, b) + product(a, b_dot))


def _at(arrays: Sequence[Array], t: int, n: int) -> list[Array]:
    return [array[t, :n] for array in arrays]


def _rows(array: Array) -> Array:
    return array.reshape(-1, array.shape[-1])       # (L, N, size) -> (L·N, size)
