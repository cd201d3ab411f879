"""A third set of wrong layers, for assignments 4 to 6: the cells of recurrent networks."""

import numpy as np

from chainrule.layers import LSTMCell, RNNCell

from .second_set import Wrong, add, entering, sigmoid

THIRD_SET: list[Wrong] = []
wrong = entering(THIRD_SET)

ONE = {"input_size": 3, "hidden_size": 4}
STATE = ((2, 3), (2, 4))
PAIR = ((2, 3), ((2, 4), (2, 4)))


class PlainRNNCell(RNNCell):
    def forward(self, x, hx):
        self.cache = x, hx, self.bend(self.gate(x, hx))
        return self.cache[2]

    def gate(self, x, hx):
        return x @ self.weight_ih.data.T + self.bias_ih.data + hx @ self.weight_hh.data.T + self.bias_hh.data

    def bend(self, gate):
        return np.maximum(gate, 0) if self.nonlinearity == "relu" else np.tanh(gate)

    def slope(self, grad_out, h):
        return h > 0 if self.nonlinearity == "relu" else 1 - h ** 2

    def backward(self, grad_out):
        x, hx, h = self.saved()
        grad = grad_out * self.slope(grad_out, h)
        self.learn(grad, x, hx, h)
        return grad @ self.weight_ih.data, grad @ self.weight_hh.data

    def learn(self, grad, x, hx, h):
        add(self.weight_ih, grad.T @ x)
        add(self.weight_hh, grad.T @ hx)
        add(self.bias_ih, grad.sum(axis=0))
        add(self.bias_hh, grad.sum(axis=0))


@wrong("path", *STATE, **ONE)
class RNNCellOneBias(PlainRNNCell):
    def gate(self, x, hx):
        return x @ self.weight_ih.data.T + self.bias_ih.data + hx @ self.weight_hh.data.T


@wrong("formula", *STATE, **ONE)
class RNNCellSigmoid(PlainRNNCell):
    def bend(self, gate):
        return sigmoid(gate)

    def slope(self, grad_out, h):
        return h * (1 - h)


@wrong("formula", *STATE, **ONE)
class RNNCellSlopeAtGate(PlainRNNCell):
    def backward(self, grad_out):
        """One minus the square of the gate, not of its tanh."""
        x, hx, h = self.saved()
        grad = grad_out * (1 - self.gate(x, hx) ** 2)
        self.learn(grad, x, hx, h)
        return grad @ self.weight_ih.data, grad @ self.weight_hh.data


@wrong("order", *STATE, **ONE)
class RNNCellStateWeightUntransposed(PlainRNNCell):
    def gate(self, x, hx):
        return x @ self.weight_ih.data.T + self.bias_ih.data + hx @ self.weight_hh.data + self.bias_hh.data


@wrong("order", *STATE, **ONE)
class RNNCellStateGradientTransposed(PlainRNNCell):
    def backward(self, grad_out):
        x, hx, h = self.saved()
        grad = grad_out * self.slope(grad_out, h)
        self.learn(grad, x, hx, h)
        return grad @ self.weight_ih.data, grad @ self.weight_hh.data.T


@wrong("formula", *STATE, **ONE)
class RNNCellNewStateForOld(PlainRNNCell):
    def learn(self, grad, x, hx, h):
        super().learn(grad, x, h, h)


@wrong("mean", *STATE, **ONE)
class RNNCellBiasAveraged(PlainRNNCell):
    def learn(self, grad, x, hx, h):
        add(self.weight_ih, grad.T @ x)
        add(self.weight_hh, grad.T @ hx)
        add(self.bias_ih, grad.mean(axis=0))
        add(self.bias_hh, grad.mean(axis=0))


@wrong("accumulate", *STATE, **ONE)
class RNNCellForgetsOtherSteps(PlainRNNCell):
    def learn(self, grad, x, hx, h):
        """The steps before lose what they gave to weight_hh."""
        if self.weight_hh.requires_grad:
            self.weight_hh.grad[...] = 0
        super().learn(grad, x, hx, h)


@wrong("mask", *STATE, **ONE, nonlinearity="relu")
class RNNCellMaskOfGradient(PlainRNNCell):
    def slope(self, grad_out, h):
        return grad_out > 0


@wrong("path", *STATE, **ONE)
class RNNCellBiasForgotten(PlainRNNCell):
    def learn(self, grad, x, hx, h):
        """The second bias gets nothing, since it was thought to be the first."""
        add(self.weight_ih, grad.T @ x)
        add(self.weight_hh, grad.T @ hx)
        add(self.bias_ih, grad.sum(axis=0))


class PlainLSTMCell(LSTMCell):
    def forward(self, x, hx):
        h, c = hx
        gates = x @ self.weight_ih.data.T + self.bias_ih.data + h @ self.weight_hh.data.T + self.bias_hh.data
        i, f, g, o = self.opened(gates)
        c_next = f * c + i * g
        self.cache = x, h, c, i, f, g, o, c_next
        return self.out(o, c_next)

    def opened(self, gates):
        i, f, g, o = np.split(gates, 4, axis=1)
        return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)

    def out(self, o, c_next):
        return o * np.tanh(c_next), c_next

    def backward(self, grad_out):
        x, h, c, i, f, g, o, c_next = self.saved()
        grad_h, grad_c = grad_out
        d = self.at_cell(grad_h, grad_c, o, np.tanh(c_next))
        grad = self.at_gates(d, grad_h, c, i, f, g, o, np.tanh(c_next))
        add(self.weight_ih, grad.T @ x)
        add(self.weight_hh, grad.T @ h)
        add(self.bias_ih, grad.sum(axis=0))
        add(self.bias_hh, grad.sum(axis=0))
        return grad @ self.weight_ih.data, grad @ self.weight_hh.data, self.back_to_cell(d, f)

    def at_cell(self, grad_h, grad_c, o, tanh_c):
        return grad_c + grad_h * o * (1 - tanh_c ** 2)

    def at_gates(self, d, grad_h, c, i, f, g, o, tanh_c):
        return np.concatenate([d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g ** 2),
                               grad_h * tanh_c * o * (1 - o)], axis=1)

    def back_to_cell(self, d, f):
        return d * f


@wrong("order", *PAIR, **ONE)
class LSTMCellForgetFirst(PlainLSTMCell):
    def opened(self, gates):
        f, i, g, o = np.split(gates, 4, axis=1)
        return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


@wrong("formula", *PAIR, **ONE)
class LSTMCellWithoutTanh(PlainLSTMCell):
    def out(self, o, c_next):
        return o * c_next, c_next


@wrong("order", *PAIR, **ONE)
class LSTMCellStatesExchanged(PlainLSTMCell):
    def out(self, o, c_next):
        return c_next, o * np.tanh(c_next)


@wrong("factor", *PAIR, **ONE)
class LSTMCellForgetGateLeftOut(PlainLSTMCell):
    def back_to_cell(self, d, f):
        return d


@wrong("path", *PAIR, **ONE)
class LSTMCellNothingFromNextCell(PlainLSTMCell):
    def at_cell(self, grad_h, grad_c, o, tanh_c):
        return grad_h * o * (1 - tanh_c ** 2)


@wrong("factor", *PAIR, **ONE)
class LSTMCellOutputSlopeLeftOut(PlainLSTMCell):
    def at_gates(self, d, grad_h, c, i, f, g, o, tanh_c):
        return np.concatenate([d * g * i * (1 - i), d * c * f * (1 - f), d * i * (1 - g ** 2),
                               grad_h * tanh_c], axis=1)


@wrong("factor", *PAIR, **ONE)
class LSTMCellSlopeOfCellLeftOut(PlainLSTMCell):
    def at_cell(self, grad_h, grad_c, o, tanh_c):
        return grad_c + grad_h * o


@wrong("argument", *PAIR, **ONE)
class LSTMCellAddsToUpstream(PlainLSTMCell):
    def at_cell(self, grad_h, grad_c, o, tanh_c):
        grad_c += grad_h * o * (1 - tanh_c ** 2)
        return grad_c


@wrong("sign", *PAIR, **ONE)
class LSTMCellForgetSlopeNegative(PlainLSTMCell):
    def at_gates(self, d, grad_h, c, i, f, g, o, tanh_c):
        return np.concatenate([d * g * i * (1 - i), d * c * f * (f - 1), d * i * (1 - g ** 2),
                               grad_h * tanh_c * o * (1 - o)], axis=1)


@wrong("order", *PAIR, **ONE)
class LSTMCellGradientsOfGatesExchanged(PlainLSTMCell):
    def at_gates(self, d, grad_h, c, i, f, g, o, tanh_c):
        """Output and candidate are put back the other way round."""
        return np.concatenate([d * g * i * (1 - i), d * c * f * (1 - f), grad_h * tanh_c * o * (1 - o),
                               d * i * (1 - g ** 2)], axis=1)
