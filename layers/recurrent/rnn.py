"""The simple recurrent network of Elman: the state is the activation of an affine map of input and state."""

from collections.abc import Sequence
from typing import Annotated

import numpy as np

from ..core import Array, OneOf, Share, Size, check_choice
from .cell import RNNCellBase
from .pieces import multiply
from .recurrence import Recurrence, Step
from .sequence import RNNBase
from .tangent import product_dot

__all__ = ["RNN", "RNNCell"]


class TanhRecurrence(Recurrence):
    """``h' = tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)``."""

    gates = 1
    keeps = 0

    def room(self, length: int, batch: int, after: Sequence[Array]) -> tuple[Array, ...]:
        return (after[0],)          # the gate is the state, computed where it will lie

    def step(self, hidden: Array, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array]) -> None:
        (gate,), (h_next,) = kept, after
        gate += hidden
        gate += self.bias
        self.activate(gate, h_next)

    def step_back(self, grad_gates: Array, grad_hidden: Array, grads: Sequence[Array], kept: Sequence[Array],
                  before: Sequence[Array], after: Sequence[Array]) -> None:
        (grad_h,), (h_next,) = grads, after
        np.multiply(grad_h, self.slope(h_next), out=grad_gates)
        multiply(grad_gates, self.weights, out=grad_h)

    def step_jvp(self, hidden_dot: Array, at: Step, dot: Step) -> None:
        (gate_dot,), (h_next,), (h_next_dot,) = dot.kept, at.after, dot.after
        np.multiply(gate_dot + hidden_dot, self.slope(h_next), out=h_next_dot)

    def step_back_jvp(self, grad_gates_dot: Array, grad_hidden_dot: Array, grads: Sequence[Array],
                      grads_dot: Sequence[Array], at: Step, dot: Step) -> None:
        (grad_h,), (grad_h_dot,), (h_next,), (h_next_dot,) = grads, grads_dot, at.after, dot.after
        bend = self.slope_dot(h_next, h_next_dot)
        grad_gates_dot[...] = product_dot(grad_h, grad_h_dot, self.slope(h_next), bend)
        grad_h_dot[...] = 0                                 # all of the old state goes through the gate

    def activate(self, gate: Array, h_next: Array) -> None:
        """Write the activation of ``gate`` into ``h_next``."""
        np.tanh(gate, out=h_next)

    def slope(self, h_next: Array) -> Array:
        """Return the derivative of the activation where it has the value ``h_next``."""
        return np.asarray(1 - h_next * h_next)

    def slope_dot(self, h_next: Array, h_next_dot: Array) -> Array:
        """Return the tangent of that derivative."""
        return np.asarray(-2 * h_next * h_next_dot)


class ReLURecurrence(TanhRecurrence):
    """``h' = max(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh, 0)``."""

    def activate(self, gate: Array, h_next: Array) -> None:
        np.maximum(gate, 0, out=h_next)

    def slope(self, h_next: Array) -> Array:
        return h_next > 0

    def slope_dot(self, h_next: Array, h_next_dot: Array) -> Array:
        return np.zeros_like(h_next)


RECURRENCES = {"relu": ReLURecurrence, "tanh": TanhRecurrence}
Nonlinearity = Annotated[str, OneOf(*RECURRENCES)]


class RNN(RNNBase):
    """Elman network, ``h[t] = tanh(x[t] @ weight_ih.T + bias_ih + h[t-1] @ weight_hh.T + bias_hh)``.

    ``forward(x, hx=None, lengths=None)`` returns ``(output, h_n)``: h of the last layer at every step, and h of every
    layer and direction after the last. With ``lengths`` a finished sequence keeps its state and its output is zero.
    ``dropout`` acts in training, after every layer but the last.

    Shapes:
        x:       (L, N, input_size); (N, L, input_size) with batch_first; (L, input_size) without a batch
        hx, h_n: (num_layers·D, N, hidden_size), D = 2 if bidirectional; hx is zero if not given
        lengths: (N,) whole numbers
        output:  (L, N, D·hidden_size), its axes as those of x

    Gradients:
        grad_gate   = grad_h * (1 - h[t]**2), for relu grad_h * (h[t] > 0)
        grad_h      = grad_output[t-1] + grad_gate @ weight_hh, passed on to step t-1
        grad_weight = sum over t of grad_gate.T @ (x[t] or h[t-1])

    Cost: hidden_size·(input_size + hidden_size) multiply-adds a step; keeps ``x`` and h of every step.

    Source: Elman 1990; Werbos 1990; torch.nn.RNN.

    Example:
        >>> RNN(3, 4).forward(np.ones((5, 2, 3), np.float32))[0].shape
        (5, 2, 4)
    """

    def __init__(self, input_size: Size, hidden_size: Size, num_layers: Size = 1, nonlinearity: Nonlinearity = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: Share = 0.0, bidirectional: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        self.nonlinearity = check_choice(nonlinearity, RECURRENCES, name="nonlinearity", owner="RNN")
        super().__init__(RECURRENCES[nonlinearity], input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, rng=rng)


class RNNCell(RNNCellBase):
    """One step of an Elman network, ``h = tanh(x @ weight_ih.T + bias_ih + hx @ weight_hh.T + bias_hh)``.

    Shapes:
        x:     (N, input_size) or (input_size,)
        hx, h: (N, hidden_size) or (hidden_size,); hx is zero if not given

    Gradients:
        grad_gate      = grad_h * (1 - h**2), for relu grad_h * (h > 0)
        grad_x         = grad_gate @ weight_ih
        grad_hx        = grad_gate @ weight_hh
        grad_weight_ih = grad_gate.T @ x;  grad_weight_hh = grad_gate.T @ hx

    Cost: hidden_size·(input_size + hidden_size) multiply-adds a row; keeps ``x``, ``hx`` and ``h``.

    Source: Elman 1990; torch.nn.RNNCell.

    Example:
        >>> RNNCell(3, 4).forward(np.ones((2, 3), np.float32)).shape
        (2, 4)
    """

    def __init__(self, input_size: Size, hidden_size: Size, bias: bool = True, nonlinearity: Nonlinearity = "tanh", *,
                 rng: np.random.Generator | None = None) -> None:
        self.nonlinearity = check_choice(nonlinearity, RECURRENCES, name="nonlinearity", owner="RNNCell")
        super().__init__(RECURRENCES[nonlinearity], input_size, hidden_size, bias, rng=rng)
