"""The simple recurrent network of Elman: the state is the activation of an affine map of input and state."""

from collections.abc import Sequence

import numpy as np

from ..core import Array, check_choice
from .cell import RNNCellBase
from .pieces import multiply
from .recurrence import Recurrence
from .sequence import RNNBase

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

    def activate(self, gate: Array, h_next: Array) -> None:
        """Write the activation of ``gate`` into ``h_next``."""
        np.tanh(gate, out=h_next)

    def slope(self, h_next: Array) -> Array:
        """Return the derivative of the activation where it has the value ``h_next``."""
        return np.asarray(1 - h_next * h_next)


class ReLURecurrence(TanhRecurrence):
    """``h' = max(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh, 0)``."""

    def activate(self, gate: Array, h_next: Array) -> None:
        np.maximum(gate, 0, out=h_next)

    def slope(self, h_next: Array) -> Array:
        return h_next > 0


RECURRENCES = {"relu": ReLURecurrence, "tanh": TanhRecurrence}


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

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
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

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", *,
                 rng: np.random.Generator | None = None) -> None:
        self.nonlinearity = check_choice(nonlinearity, RECURRENCES, name="nonlinearity", owner="RNNCell")
        super().__init__(RECURRENCES[nonlinearity], input_size, hidden_size, bias, rng=rng)
