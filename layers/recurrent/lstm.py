"""Long short-term memory: a cell state that gates open and close, so that gradients survive many steps."""

from collections.abc import Sequence

import numpy as np

from ..core import Array, Count, Parameter, Share, Size, ValueRangeError, check_size
from ..kernels import add_grad, compiled, sigmoid
from .cell import RNNCellBase
from .pieces import multiply
from .recurrence import Recurrence, Step, blocks
from .sequence import RNNBase
from .tangent import product_dot

__all__ = ["LSTM", "LSTMCell"]


class LSTMRecurrence(Recurrence):
    """``c' = f * c + i * g``, ``m = o * tanh(c')``, and ``h' = m`` or, with a projection, ``h' = m @ weight_hr.T``."""

    gates = 4
    keeps = 4
    state_names = ("h", "c")

    def step(self, hidden: Array, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array]) -> None:
        (gates,), (_, c), (h_next, c_next) = kept, before, after
        m = h_next if self.weight_hr is None else np.empty_like(c_next)
        open_gates(gates, hidden, self.bias, c, c_next, m)
        if self.weight_hr is not None:
            np.matmul(m, self.weight_hr.data.T, out=h_next)

    def step_back(self, grad_gates: Array, grad_hidden: Array, grads: Sequence[Array], kept: Sequence[Array],
                  before: Sequence[Array], after: Sequence[Array]) -> None:
        (grad_h, grad_c), (gates,), (_, c), (_, c_next) = grads, kept, before, after
        tanh_c = np.tanh(c_next)
        grad_m = grad_h if self.weight_hr is None else self._back_through(self.weight_hr, gates, tanh_c, grad_h)
        open_gates_back(grad_gates, grad_m, grad_c, gates, c, tanh_c)
        multiply(grad_gates, self.weights, out=grad_h)

    def step_jvp(self, hidden_dot: Array, at: Step, dot: Step) -> None:
        (gates,), (_, c), (_, c_next) = at
        (gates_dot,), (_, c_dot), (h_next_dot, c_next_dot) = dot
        np.multiply(gates_dot + hidden_dot, gate_slopes(gates), out=gates_dot)
        (i, f, g, o), (i_dot, f_dot, g_dot, o_dot) = self.blocks(gates), self.blocks(gates_dot)
        c_next_dot[...] = product_dot(f, f_dot, c, c_dot) + product_dot(i, i_dot, g, g_dot)
        tanh_c = np.tanh(c_next)
        m_dot = product_dot(o, o_dot, tanh_c, (1 - tanh_c * tanh_c) * c_next_dot)
        if self.weight_hr is None:
            h_next_dot[...] = m_dot
        else:
            weight_dot = self.weight_hr.dot
            np.matmul(m_dot, self.weight_hr.data.T, out=h_next_dot)
            if weight_dot is not None:
                h_next_dot += (o * tanh_c) @ weight_dot.T

    def step_back_jvp(self, grad_gates_dot: Array, grad_hidden_dot: Array, grads: Sequence[Array],
                      grads_dot: Sequence[Array], at: Step, dot: Step) -> None:
        (grad_h, grad_c), (grad_h_dot, grad_c_dot) = grads, grads_dot
        (gates,), (_, c), (_, c_next) = at
        (gates_dot,), (_, c_dot), (_, c_next_dot) = dot
        (i, f, g, o), (i_dot, f_dot, g_dot, o_dot) = self.blocks(gates), self.blocks(gates_dot)
        tanh_c = np.tanh(c_next)
        slope = 1 - tanh_c * tanh_c
        tanh_c_dot = slope * c_next_dot
        grad_m, grad_m_dot = grad_h, grad_h_dot.copy()
        grad_h_dot[...] = 0                                 # all of the old h goes through the gates
        if self.weight_hr is not None:
            m_dot = product_dot(o, o_dot, tanh_c, tanh_c_dot)
            grad_m, grad_m_dot = self._back_through_jvp(self.weight_hr, o * tanh_c, m_dot, grad_m, grad_m_dot)
        past = o * slope
        past_dot = product_dot(o, o_dot, slope, -2 * tanh_c * tanh_c_dot)
        grad_c_dot += product_dot(grad_m, grad_m_dot, past, past_dot)
        grad_c = grad_c + grad_m * past
        grad_gates = np.stack([grad_c * g, grad_c * c, grad_c * i, grad_m * tanh_c])
        raw_dot = np.stack([product_dot(grad_c, grad_c_dot, g, g_dot), product_dot(grad_c, grad_c_dot, c, c_dot),
                            product_dot(grad_c, grad_c_dot, i, i_dot),
                            product_dot(grad_m, grad_m_dot, tanh_c, tanh_c_dot)])
        bend = (1 - 2 * gates) * gates_dot                  # tangents of the slopes
        self.blocks(bend)[2] = -2 * g * g_dot
        self.blocks(grad_gates_dot)[...] = product_dot(grad_gates, raw_dot, self.blocks(gate_slopes(gates)),
                                                       self.blocks(bend))
        grad_c_dot[...] = product_dot(grad_c, grad_c_dot, f, f_dot)

    def _back_through_jvp(self, weight: Parameter, m: Array, m_dot: Array, grad_h: Array,
                          grad_h_dot: Array) -> tuple[Array, Array]:
        """Return the gradient of m and its tangent, and add to the tangent of the weight's gradient."""
        if weight.requires_grad:
            weight.grad_dot += product_dot(grad_h.T, grad_h_dot.T, m, m_dot, np.matmul)
        grad_m_dot = grad_h_dot @ weight.data
        return grad_h @ weight.data, grad_m_dot if weight.dot is None else grad_m_dot + grad_h @ weight.dot

    def _back_through(self, weight: Parameter, gates: Array, tanh_c: Array, grad_h: Array) -> Array:
        """Return the gradient of m, where ``h = m @ weight.T``, and add to that of the weight."""
        _, _, _, o = self.blocks(gates)
        if weight.requires_grad:
            add_grad(weight, grad_h.T, o * tanh_c)
        return np.asarray(grad_h @ weight.data)


@compiled
def open_gates(gates: Array, hidden: Array, bias: Array, c: Array, c_next: Array, m: Array) -> None:
    """Write the new cell state, what the output gate lets out of it, and the gates over what comes from x.

    Shapes:
        gates, hidden: (N, 4·hidden_size)
        bias:          (4·hidden_size,)
        c, c_next, m:  (N, hidden_size)
    """
    gates += hidden
    gates += bias
    i, f, g, o = blocks(gates, 4)
    tanh_g = np.tanh(g)
    sigmoid(gates, out=gates)                       # of all four at once: their memory is contiguous
    g[...] = tanh_g
    np.multiply(f, c, out=c_next)
    c_next += i * g
    np.tanh(c_next, out=m)
    m *= o


@compiled
def open_gates_back(grad_gates: Array, grad_m: Array, grad_c: Array, gates: Array, c: Array, tanh_c: Array) -> None:
    """Write the gradients of the gates, and turn that of the new cell state into that of the old one, ``c``."""
    i, f, g, o = blocks(gates, 4)
    grad_i, grad_f, grad_g, grad_o = blocks(grad_gates, 4)
    np.multiply(grad_m, tanh_c, out=grad_o)
    grad_c += grad_m * o * (1 - tanh_c * tanh_c)
    np.multiply(grad_c, g, out=grad_i)
    np.multiply(grad_c, c, out=grad_f)
    np.multiply(grad_c, i, out=grad_g)
    slope = gates * (1 - gates)                     # of the sigmoids
    np.subtract(1, g * g, out=blocks(slope, 4)[2])
    grad_gates *= slope
    grad_c *= f


def gate_slopes(gates: Array) -> Array:
    """Return the derivatives of the gates' activations, sigmoid but for g, which has tanh."""
    slope: Array = gates * (1 - gates)
    g = blocks(gates, 4)[2]
    blocks(slope, 4)[2] = 1 - g * g
    return slope


class LSTM(RNNBase):
    """Long short-term memory: gates decide what enters the cell state c, what stays in it, and what leaves it.

    ``i, f, g, o = x[t] @ weight_ih.T + bias_ih + h[t-1] @ weight_hh.T + bias_hh``, sigmoid but for g, which has tanh;
    ``c[t] = f * c[t-1] + i * g``, ``h[t] = o * tanh(c[t])``, times ``weight_hr.T`` with proj_size.
    ``forward(x, hx=None, lengths=None)`` takes hx = (h0, c0) and returns ``(output, (h_n, c_n))``, as RNN does.

    Shapes:
        x, output: as RNN, h of size H = proj_size or else hidden_size
        h0, h_n:   (num_layers·D, N, H)
        c0, c_n:   (num_layers·D, N, hidden_size)

    Gradients:
        grad_o = grad_h * tanh(c[t]) * o * (1 - o);  grad_c += grad_h * o * (1 - tanh(c[t])**2)
        grad_i = grad_c * g * i * (1 - i);  grad_f = grad_c * c[t-1] * f * (1 - f);  grad_g = grad_c * i * (1 - g**2)
        grad_c = grad_c * f, grad_h = grad_output[t-1] + (grad_i, …, grad_o) @ weight_hh, passed on to step t-1

    Cost: 4·hidden_size·(input_size + H) multiply-adds a step; keeps ``x``, gates and both states of every step.

    Source: Hochreiter & Schmidhuber 1997; Gers et al. 2000 (f); Sak et al. 2014 (weight_hr); torch.nn.LSTM.

    Example:
        >>> output, (h_n, c_n) = LSTM(3, 4, proj_size=2).forward(np.ones((5, 1, 3), np.float32))
        >>> output.shape, h_n.shape, c_n.shape
        ((5, 1, 2), (1, 1, 2), (1, 1, 4))
    """

    def __init__(self, input_size: Size, hidden_size: Size, num_layers: Size = 1, bias: bool = True,
                 batch_first: bool = False, dropout: Share = 0.0, bidirectional: bool = False, proj_size: Count = 0, *,
                 rng: np.random.Generator | None = None) -> None:
        if check_size(proj_size, "proj_size", "LSTM", least=0) >= hidden_size:
            raise ValueRangeError(f"LSTM expected proj_size smaller than hidden_size={hidden_size}, got {proj_size}")
        super().__init__(LSTMRecurrence, input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, proj_size, rng=rng)


class LSTMCell(RNNCellBase):
    """One step of a long short-term memory: ``(h, c)`` from ``x`` and ``hx = (h0, c0)``, zero if not given.

    ``i, f, g, o = x @ weight_ih.T + bias_ih + h0 @ weight_hh.T + bias_hh``, sigmoid but for g, which has tanh;
    ``c = f * c0 + i * g``, ``h = o * tanh(c)``.

    Shapes:
        x:            (N, input_size) or (input_size,)
        h0, c0, h, c: (N, hidden_size) or (hidden_size,)

    Gradients:
        as one step of LSTM; backward takes (grad_h, grad_c)

    Cost: 4·hidden_size·(input_size + hidden_size) multiply-adds a row; keeps ``x``, the gates and all states.

    Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000; torch.nn.LSTMCell.

    Example:
        >>> h, c = LSTMCell(3, 4).forward(np.ones((2, 3), np.float32))
        >>> h.shape, c.shape
        ((2, 4), (2, 4))
    """

    def __init__(self, input_size: Size, hidden_size: Size, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(LSTMRecurrence, input_size, hidden_size, bias, rng=rng)
