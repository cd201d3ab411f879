"""Recurrent cells whose gates propagate the largest entries of their gradients alone."""

from typing import Any, NamedTuple

import numpy as np

from ...layers import GRUCell, LSTMCell, RNNCell
from ...layers.core import Array, Description, DtypeError, Entry, Layer, as_dtype, call, call_back, check_shape, total
from ...layers.recurrent.gru import GRURecurrence, reset_and_mix, reset_and_mix_back
from ...layers.recurrent.lstm import open_gates, open_gates_back
from ...layers.recurrent.rnn import TanhRecurrence
from ...layers.recurrent.states import check_gradients, check_states, nested, owned
from .linear import MePropLinear

__all__ = ["MePropCell"]


class CellCache(NamedTuple):
    """The calls of both linear maps, what the gates kept, the states before and after, the dtypes of those given."""

    from_x: Entry
    from_h: Entry
    gates: tuple[Array, ...]
    before: tuple[Array, ...]
    after: tuple[Array, ...]
    state_dtypes: tuple[np.dtype[Any], ...]


class MePropCell(Layer):
    """An RNNCell, LSTMCell or GRUCell with a sparse backward pass: ``k`` entries of the gates' gradients propagate.

    It shares the parameters of ``cell`` and computes the same forward. Backward the two products of the gates, by
    weight_ih and by weight_hh, are those of ``MePropLinear``, each with a memory of its own; ``Unrolled`` walks it over
    a sequence.

    Shapes:
        as the cell, with an axis of N

    Gradients:
        as the cell, with the chosen entries in the place of the gates' gradients; the biases have whole ones

    Cost: backward, k / gates of the cell's products and two searches for the k largest of each row.

    Source: Sun et al. 2017, "meProp", section 4 (LSTM); Zhang et al. 2019.

    Example:
        >>> from chainrule.backprop import MePropCell, Unrolled
        >>> rnn = Unrolled(MePropCell(LSTMCell(3, 25), k=0.04))
        >>> output, (h, c) = rnn.forward(np.ones((7, 2, 3), np.float32))
        >>> rnn.backward((np.ones_like(output), None, None)).shape
        (7, 2, 3)
    """

    def __init__(self, cell: Layer, k: float, unified: bool = False, memory: float = 0.0) -> None:
        if not isinstance(cell, (RNNCell, LSTMCell, GRUCell)):
            raise DtypeError(f"MePropCell expected an RNNCell, LSTMCell or GRUCell, got {cell!r}")
        self.k, self.unified, self.memory = k, unified, memory
        self.hidden_size = cell.hidden_size
        self.from_x, self.from_h = (
            MePropLinear(weight.shape[1], weight.shape[0], cell.bias, k=k, unified=unified, memory=memory).astype(
                weight.dtype) for weight in (cell.weight_ih, cell.weight_hh))
        for own, weight, bias in ((self.from_x, cell.weight_ih, cell.bias_ih),
                                  (self.from_h, cell.weight_hh, cell.bias_hh)):
            own.weight, own.bias = weight, bias
        self._cell, self._steps = cell, cell.kind(cell)     # for its description and its nonlinearity

    def forward(self, x: Array, hx: Any = None) -> Any:
        check_shape(x, ("N", self.from_x.in_features), name="x", owner=self)
        shapes = [(len(x), self.hidden_size)] * len(self._steps.state_names)
        given = check_states(hx, shapes, self)
        before = tuple(owned(given, shapes, self.from_x.weight.dtype))
        gates, from_x = call(self.from_x, x, at=(self, "from_x"))
        hidden, from_h = call(self.from_h, before[0], at=(self, "from_h"))
        after, kept = self._open(gates, hidden, before)
        self.cache = CellCache(from_x, from_h, kept, before, after, tuple(state.dtype for state in given))
        return nested(after)

    def backward(self, grad_out: Any) -> Any:
        from_x, from_h, kept, before, after, state_dtypes = self.saved()
        shapes = [state.shape for state in after]
        given = check_gradients(grad_out, self._steps.state_names, shapes, self)
        grads: list[Any] = owned(given, shapes, after[0].dtype)
        grad_gates, grad_hidden, rest = self._close(grads, kept, before, after)
        grad_x = call_back(self.from_x, from_x, grad_gates, needs_input_grad=self.needs_input_grad, at=(self, "from_x"))
        grads[0] = total(rest, call_back(self.from_h, from_h, grad_hidden, at=(self, "from_h")))
        if not self.needs_input_grad:
            return None
        return (grad_x, *map(as_dtype, grads, state_dtypes)) if state_dtypes else grad_x

    def describe(self, *x_shapes: Any) -> Description:
        """That of the cell."""
        return self._cell.describe(*x_shapes)

    def _open(self, gates: Array, hidden: Array, before: tuple[Array, ...]) -> tuple[Any, tuple[Array, ...]]:
        """Return the states after the step and what the way back needs; the biases are in both sums already."""
        states = tuple(np.empty_like(gates, shape=state.shape) for state in before)
        nothing = np.zeros(gates.shape[1], gates.dtype)
        if len(states) == 2:
            open_gates(gates, hidden, nothing, before[1], states[1], states[0])
            return states, (gates,)
        if isinstance(self._steps, GRURecurrence):
            a = np.empty_like(states[0])
            reset_and_mix(gates, a, hidden, nothing, nothing[:self.hidden_size], before[0], states[0])
            return states, (gates, a)
        if isinstance(self._steps, TanhRecurrence):
            self._steps.activate(gates + hidden, states[0])
        return states, ()

    def _close(self, grads: list[Array], kept: tuple[Array, ...], before: tuple[Array, ...],
               after: tuple[Array, ...]) -> tuple[Array, Array, Array | None]:
        """Return the gradients of what came from x and from h, and what goes past the gates to h."""
        if isinstance(self._steps, TanhRecurrence):
            grad = grads[0] * self._steps.slope(after[0])
            return grad, grad, None
        grad_gates = np.empty_like(kept[0])
        if len(after) == 2:
            open_gates_back(grad_gates, grads[0], grads[1], kept[0], before[1], np.tanh(after[1]))
            return grad_gates, grad_gates, None
        grad_hidden = np.empty_like(kept[0])
        gates, a = kept
        reset_and_mix_back(grad_gates, grad_hidden, grads[0], gates, a, before[0])
        return grad_gates, grad_hidden, grads[0]
