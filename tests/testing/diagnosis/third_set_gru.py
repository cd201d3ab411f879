"""The third set of wrong layers: the gated recurrent unit."""

import numpy as np

from chainrule.layers import GRUCell

from .second_set import add
from .third_set import ONE, STATE, sigmoid, wrong


class PlainGRUCell(GRUCell):
    def forward(self, x, hx):
        x_gates, h_gates = self.gates(x, hx)
        r, z = self.opened(x_gates, h_gates)
        n = np.tanh(x_gates[2] + r * h_gates[2])
        self.cache = x, hx, r, z, n, h_gates[2]
        return (1 - z) * n + z * hx

    def gates(self, x, hx):
        return (np.split(x @ self.weight_ih.data.T + self.bias_ih.data, 3, axis=1),
                np.split(hx @ self.weight_hh.data.T + self.bias_hh.data, 3, axis=1))

    def opened(self, x_gates, h_gates):
        return sigmoid(x_gates[0] + h_gates[0]), sigmoid(x_gates[1] + h_gates[1])

    def backward(self, grad_out):
        x, hx, r, z, n, a = self.saved()
        grad_n = grad_out * (1 - z) * (1 - n ** 2)
        grad_z = self.mixing(grad_out, hx, n) * z * (1 - z)
        grad_r = self.resetting(grad_n, a) * r * (1 - r)
        from_x = np.concatenate([grad_r, grad_z, grad_n], axis=1)
        from_h = np.concatenate([grad_r, grad_z, self.behind_reset(grad_n, r)], axis=1)
        add(self.weight_ih, from_x.T @ x)
        add(self.weight_hh, from_h.T @ hx)
        add(self.bias_ih, from_x.sum(axis=0))
        add(self.bias_hh, from_h.sum(axis=0))
        return from_x @ self.weight_ih.data, self.straight(grad_out, z) + from_h @ self.weight_hh.data

    def mixing(self, grad_out, hx, n):
        return grad_out * (hx - n)

    def resetting(self, grad_n, a):
        return grad_n * a

    def behind_reset(self, grad_n, r):
        return grad_n * r

    def straight(self, grad_out, z):
        return grad_out * z


@wrong("path", *STATE, **ONE)
class GRUCellStraightPathForgotten(PlainGRUCell):
    def straight(self, grad_out, z):
        return 0


@wrong("sign", *STATE, **ONE)
class GRUCellMixingTurned(PlainGRUCell):
    def mixing(self, grad_out, hx, n):
        return grad_out * (n - hx)


@wrong("factor", *STATE, **ONE)
class GRUCellResetLeftOut(PlainGRUCell):
    def behind_reset(self, grad_n, r):
        return grad_n


@wrong("factor", *STATE, **ONE)
class GRUCellResetWithoutState(PlainGRUCell):
    def resetting(self, grad_n, a):
        return grad_n


@wrong("order", *STATE, **ONE)
class GRUCellUpdateFirst(PlainGRUCell):
    def opened(self, x_gates, h_gates):
        """z, r, n, as Keras has them."""
        return sigmoid(x_gates[1] + h_gates[1]), sigmoid(x_gates[0] + h_gates[0])
