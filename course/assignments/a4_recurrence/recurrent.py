"""One step of a recurrent network: Elman's, and the long short-term memory."""

import math

import numpy as np

from chainrule.layers.core import Layer, Parameter, default_rng


class Cell(Layer):
    """What both cells have: parameters, drawn evenly from -1 / sqrt(hidden_size) to 1 / sqrt(hidden_size)."""

    gates = 1

    def __init__(self, input_size, hidden_size):
        self.input_size, self.hidden_size = input_size, hidden_size
        bound = 1 / math.sqrt(hidden_size)
        draw, rows = default_rng(None).uniform, self.gates * hidden_size
        self.weight_ih = Parameter(draw(-bound, bound, (rows, input_size)))
        self.weight_hh = Parameter(draw(-bound, bound, (rows, hidden_size)))
        self.bias_ih = Parameter(draw(-bound, bound, rows))
        self.bias_hh = Parameter(draw(-bound, bound, rows))

    def add_gradients(self, grad_gates, x, h):
        """Add to the gradients of the four parameters, given that of ``gates = x @ weight_ih.T + … + bias_hh``.

        Shapes:
            grad_gates: (N, gates * hidden_size)
            x, h:       (N, input_size), (N, hidden_size)
        """
        # BEGIN SOLUTION
        self.weight_ih.grad += grad_gates.T @ x
        self.weight_hh.grad += grad_gates.T @ h
        for bias in (self.bias_ih, self.bias_hh):
            bias.grad += grad_gates.sum(axis=0)
        # END SOLUTION


class RNNCell(Cell):
    """One step of an Elman network, ``h' = tanh(x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh)``.

    Two biases are one too many, but so PyTorch has it, and so its weights can be loaded.

    Shapes:
        x:                  (N, input_size)
        h, h':              (N, hidden_size)
        weight_ih:          (hidden_size, input_size)
        weight_hh:          (hidden_size, hidden_size)
        bias_ih, bias_hh:   (hidden_size,)

    Gradients:
        grad_gate      = grad_out * (1 - h'**2)
        grad_x, grad_h = grad_gate @ weight_ih, grad_gate @ weight_hh
        grad_weight_ih = grad_gate.T @ x, grad_weight_hh = grad_gate.T @ h, and grad_gate summed over rows for each bias

    Cache: ``(x, h, h')``
    """

    def forward(self, x, h):
        """Return ``h'``."""
        # BEGIN SOLUTION
        h_next = np.tanh(x @ self.weight_ih.data.T + self.bias_ih.data + h @ self.weight_hh.data.T + self.bias_hh.data)
        self.cache = x, h, h_next
        return h_next
        # END SOLUTION

    def backward(self, grad_out):
        """Return ``(grad_x, grad_h)``, and add to the gradients of the parameters."""
        # BEGIN SOLUTION
        x, h, h_next = self.saved()
        grad_gate = grad_out * (1 - h_next**2)
        self.add_gradients(grad_gate, x, h)
        return grad_gate @ self.weight_ih.data, grad_gate @ self.weight_hh.data
        # END SOLUTION


class LSTMCell(Cell):
    """One step of a long short-term memory: gates say what enters the cell state c, what stays, and what leaves it.

    Formula: gates = x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
             i, f, g, o = the four quarters of its columns, in this order; sigmoid of i, f and o, tanh of g
             c' = f * c + i * g
             h' = o * tanh(c')

    Shapes:
        x:                  (N, input_size)
        h, c, h', c':       (N, hidden_size)
        weight_ih:          (4 * hidden_size, input_size)
        weight_hh:          (4 * hidden_size, hidden_size)
        bias_ih, bias_hh:   (4 * hidden_size,)

    Gradients, where grad_c' is what comes back on c' from the next step:
        grad_o = grad_h' * tanh(c') * o * (1 - o)
        grad_c' + grad_h' * o * (1 - tanh(c')**2) is all that arrives at c'; call it d
        grad_i = d * g * i * (1 - i),  grad_f = d * c * f * (1 - f),  grad_g = d * i * (1 - g**2)
        grad_c = d * f
        grad_x, grad_h = (grad_i, grad_f, grad_g, grad_o) @ weight_ih, … @ weight_hh; parameters as in RNNCell

    Cache: ``(x, h, c, i, f, g, o, tanh(c'))``, the gates as they are behind sigmoid and tanh
    """

    gates = 4

    def forward(self, x, state):
        """Return ``(h', c')``; ``state`` is the pair ``(h, c)``."""
        # BEGIN SOLUTION
        h, c = state
        gates = x @ self.weight_ih.data.T + self.bias_ih.data + h @ self.weight_hh.data.T + self.bias_hh.data
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c_next = f * c + i * g
        tanh_c = np.tanh(c_next)
        self.cache = x, h, c, i, f, g, o, tanh_c
        return o * tanh_c, c_next
        # END SOLUTION

    def backward(self, grad_out):
        """Return three arrays, ``(grad_x, grad_h, grad_c)``, given ``(grad_h', grad_c')``; add to the parameters'."""
        # BEGIN SOLUTION
        grad_h, grad_c = grad_out
        x, h, c, i, f, g, o, tanh_c = self.saved()
        d = grad_c + grad_h * o * (1 - tanh_c**2)
        grad_gates = np.concatenate([d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g**2),
                                     grad_h * tanh_c * o * (1 - o)], axis=1)
        self.add_gradients(grad_gates, x, h)
        return grad_gates @ self.weight_ih.data, grad_gates @ self.weight_hh.data, d * f
        # END SOLUTION


def sigmoid(x):
    """Return ``1 / (1 + exp(-x))``; the exponential never overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, 1) / (1 + small)
