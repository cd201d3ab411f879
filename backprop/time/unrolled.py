"""A cell walked over a sequence step by step: full backpropagation through time, written as the loop that it is."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import (
    Array,
    Description,
    Entry,
    Kept,
    Layer,
    Shape,
    ShapeError,
    call,
    call_back,
    flatten,
    show_shape,
    total,
)

__all__ = ["Unrolled", "check_steps"]


class UnrolledCache(NamedTuple):
    """The input, an entry for every step, and how many states were given."""

    x: Array
    entries: tuple[Entry, ...]
    given: int


class Unrolled(Layer):
    """A cell at every step of a sequence, ``state[t] = cell(x[t], state[t-1])``, ``output[t] = state[t][0]``.

    A cell is any layer that takes ``(x, hx)``, or ``x`` alone for a state of zero, and returns the new state, one array
    h or a tuple (h, …): RNNCell, LSTMCell, GRUCell, or one's own. ``forward(x, hx=None)`` returns ``(output, state)``
    as the recurrent layers do, or with ``return_sequences=False`` the last state alone.

    Shapes:
        x:      (L, N, …)
        output: (L, N, …), the first array of every state
        hx, state: one array or a tuple, as the cell's

    Gradients:
        grad_state[t-1], grad_x[t] = cell.backward(grad_state[t] + grad_output[t]), from the last step to the first

    Cost: L times the cell's; keeps the caches of all L steps.

    Source: Werbos 1990, "Backpropagation through time".

    Example:
        >>> from chainrule.backprop import Unrolled
        >>> output, h = Unrolled(GRUCell(3, 4)).forward(np.ones((5, 2, 3), np.float32))
        >>> output.shape, h.shape
        ((5, 2, 4), (2, 4))
    """

    def __init__(self, cell: Layer, return_sequences: bool = True) -> None:
        self.cell = cell
        self.return_sequences = return_sequences

    def forward(self, x: Array, hx: Any = None) -> Any:
        check_steps(x.shape, self)
        self.cache = None
        entries, outputs, state = list[Entry](), list[Array](), hx
        for x_t in x:
            state, entry = self.step(x_t, state)
            entries.append(entry)
            outputs.append(flatten(state)[0])
        self.cache = UnrolledCache(x, tuple(entries), _count(hx))
        return (np.stack(outputs), state) if self.return_sequences else state

    def backward(self, grad_out: Any) -> Any:
        x, entries, given = self.saved()
        return self._walk_back(grad_out, reversed(entries), x.shape, given)

    def describe(self, *x_shapes: Any) -> Description:
        """The cell's own description, L times; what it keeps of its input is a view."""
        check_steps(x_shapes[0], self)
        return self._described(x_shapes, caches=x_shapes[0][0])

    def step(self, x_t: Array, state: Any) -> tuple[Any, Entry]:
        """Run the cell for one step; return the new state and the entry with which to go back."""
        return call(self.cell, *((x_t,) if state is None else (x_t, state)), at=(self, "cell"))

    def _described(self, x_shapes: Sequence[Any], caches: int, states: int = 0) -> Description:
        """Return the description of a walk that keeps so many caches of the cell and so many states."""
        (x_shape, *hx_shape), length = x_shapes, x_shapes[0][0]
        cell = self.cell.describe(x_shape[1:])
        cell = self.cell.describe(x_shape[1:], *(hx_shape or [_nested(cell.y_shapes)]))
        own = (each._replace(name=f"{each.name}_steps", size=each.size * caches) for each in cell.kept
               if each.name != "x0")
        kept = (Kept("x0", prod(x_shape)), Kept("states", states * sum(map(prod, cell.y_shapes))), *own)
        output = ((length, *cell.y_shapes[0]),) if self.return_sequences else ()
        return self.description(*output, *cell.y_shapes, multiply_adds=length * cell.multiply_adds, kept=kept,
                                field=None)

    def _walk_back(self, grad_out: Any, entries: Iterator[Entry], x_shape: Shape, given: int) -> Any:
        """Go back through the entries of all steps, the last step first."""
        grad_y, *grads = self._upstream(grad_out, x_shape)
        grad_x: Array | None = None
        for t, entry in zip(reversed(range(x_shape[0])), entries, strict=True):
            grads[0] = total(grads[0], None if grad_y is None else grad_y[t])
            if all(grad is None for grad in grads):
                continue
            grad_step, *grads = _padded(call_back(self.cell, entry, grads[0] if len(grads) == 1 else tuple(grads),
                                                  at=(self, "cell")), len(grads))
            if grad_step is None:               # x are indices
                continue
            if grad_x is None:
                grad_x = np.zeros(x_shape, grad_step.dtype)
            grad_x[t] = grad_step
        if not self.needs_input_grad:
            return None
        return (grad_x, *grads) if given else grad_x

    def _upstream(self, grad_out: Any, x_shape: Shape) -> list[Any]:
        given = flatten(grad_out)
        if not self.return_sequences:
            return [None, *given]
        if len(given) < 2:
            raise ShapeError(f"{self.title} expected grad_output and the gradient of every array of the state, None "
                             f"for zero, got {len(given)} gradient")
        if given[0] is not None:
            check_steps(given[0].shape, self, "grad_output", x_shape[0])
        return list(given)


def check_steps(shape: Shape, owner: Layer, name: str = "x", length: int | None = None) -> None:
    """Raise ShapeError for an array without steps, or without so many."""
    if not shape or shape[0] < 1 or length not in (None, shape[0]):
        raise ShapeError(f"{owner.title} expected {name} of shape ({length or 'L'}, …), a step for each row, got "
                         f"{show_shape(shape)}")


def _nested(shapes: Sequence[Shape]) -> Any:
    return shapes[0] if len(shapes) == 1 else tuple(shapes)


def _count(hx: Any) -> int:
    return 0 if hx is None else len(flatten(hx))


def _padded(grads: Any, states: int) -> tuple[Any, ...]:
    """Return the gradients of x and of every state, which has none where no state was given."""
    return (*flatten(grads), *(None,) * states)[:1 + states]
