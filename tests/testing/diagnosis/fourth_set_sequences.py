"""The fourth set of wrong layers: tables, bilinear maps and recurrent cells."""

import numpy as np

from chainrule.layers import Bilinear, Embedding, GRUCell, LSTMCell, RNNCell

from .fourth_set import sigmoid, wrong
from .second_set import add

WORDS = np.array([[2, 4, 2], [1, 2, 0], [5, 4, 1], [0, 0, 3]])
TABLE = {"num_embeddings": 6, "embedding_dim": 4}
ONE = {"input_size": 3, "hidden_size": 4}
STATE = ((5, 3), (5, 4))
PAIR = ((5, 3), ((5, 4), (5, 4)))


class PlainEmbedding(Embedding):
    def forward(self, indices):
        self.cache = indices
        return self.weight.data[indices]

    def backward(self, grad_out):
        indices = self.saved()
        if self.weight.requires_grad:
            self.gather(indices.ravel(), grad_out.reshape(-1, self.embedding_dim))

    def gather(self, indices, rows):
        used = indices != self.padding_idx
        np.add.at(self.weight.grad, indices[used], rows[used])


@wrong("accumulate", WORDS, **TABLE)
class EmbeddingRepeatedWordsCountOnce(PlainEmbedding):
    def gather(self, indices, rows):
        self.weight.grad[indices] += rows


@wrong("mask", WORDS, **TABLE, padding_idx=2)
class EmbeddingPaddingLearns(PlainEmbedding):
    def gather(self, indices, rows):
        np.add.at(self.weight.grad, indices, rows)


@wrong("factor", WORDS, **TABLE)
class EmbeddingScaledByTheRootOfItsWidth(PlainEmbedding):
    """As a transformer does behind its table, but not here."""

    def forward(self, indices):
        return super().forward(indices) * self.embedding_dim ** 0.5

    def gather(self, indices, rows):
        super().gather(indices, rows * self.embedding_dim ** 0.5)


@wrong("frozen", WORDS, **TABLE)
class EmbeddingPretrainedTableLearns(PlainEmbedding):
    def backward(self, grad_out):
        indices = self.saved()
        for word, row in zip(indices.ravel(), grad_out.reshape(-1, self.embedding_dim), strict=True):
            self.weight.grad[word] += row


class PlainBilinear(Bilinear):
    def forward(self, x1, x2):
        self.cache = x1, x2
        return np.einsum("ni,oij,nj->no", x1, self.weight.data, x2) + self.bias.data

    def backward(self, grad_out):
        x1, x2 = self.saved()
        add(self.weight, self.to_weight(grad_out, x1, x2))
        add(self.bias, grad_out.sum(axis=0))
        return self.to_inputs(grad_out, x1, x2)

    def to_weight(self, grad_out, x1, x2):
        return np.einsum("no,ni,nj->oij", grad_out, x1, x2)

    def to_inputs(self, grad_out, x1, x2):
        w = self.weight.data
        return np.einsum("no,oij,nj->ni", grad_out, w, x2), np.einsum("no,oij,ni->nj", grad_out, w, x1)


@wrong("order", (5, 4), (5, 4), in1_features=4, in2_features=4, out_features=3)
class BilinearGradientsExchanged(PlainBilinear):
    def to_inputs(self, grad_out, x1, x2):
        first, second = super().to_inputs(grad_out, x1, x2)
        return second, first


@wrong("path", (5, 4), (5, 2), in1_features=4, in2_features=2, out_features=3)
class BilinearSecondInputForgotten(PlainBilinear):
    def to_inputs(self, grad_out, x1, x2):
        return super().to_inputs(grad_out, x1, x2)[0], np.zeros_like(x2)


@wrong("batch", (5, 4), (5, 2), in1_features=4, in2_features=2, out_features=3)
class BilinearProductOfSums(PlainBilinear):
    """Every row of the one input meets every row of the other."""

    def to_weight(self, grad_out, x1, x2):
        left = grad_out.T @ x1
        return left[:, :, None] * x2.sum(axis=0)


class PlainRNNCell(RNNCell):
    def forward(self, x, hx):
        gate = x @ self.weight_ih.data.T + hx @ self.weight_hh.data.T + self.bias_ih.data + self.bias_hh.data
        h = np.tanh(gate) if self.nonlinearity == "tanh" else np.maximum(gate, 0)
        self.cache = x, hx, gate, h
        return h

    def backward(self, grad_out):
        x, hx, gate, h = self.saved()
        grad_gate = self.to_gate(grad_out, hx, gate, h)
        for weight, bias, value in ((self.weight_ih, self.bias_ih, x), (self.weight_hh, self.bias_hh, hx)):
            add(weight, grad_gate.T @ value)
            add(bias, grad_gate.sum(axis=0))
        return grad_gate @ self.weight_ih.data, self.to_state(grad_gate)

    def to_gate(self, grad_out, hx, gate, h):
        return grad_out * (1 - h * h) if self.nonlinearity == "tanh" else grad_out * (gate > 0)

    def to_state(self, grad_gate):
        return grad_gate @ self.weight_hh.data


@wrong("formula", *STATE, **ONE)
class RNNCellSlopeOfTheGate(PlainRNNCell):
    def to_gate(self, grad_out, hx, gate, h):
        return grad_out * (1 - gate ** 2)


@wrong("mask", *STATE, **ONE, nonlinearity="relu")
class RNNCellMaskOfTheOldState(PlainRNNCell):
    def to_gate(self, grad_out, hx, gate, h):
        return grad_out * (hx > 0)


@wrong("order", (5, 4), (5, 4), input_size=4, hidden_size=4)
class RNNCellStateGoesBackThroughTheInputWeights(PlainRNNCell):
    def to_state(self, grad_gate):
        return grad_gate @ self.weight_ih.data


@wrong("upstream", *STATE, **ONE)
class RNNCellClipsItsGradientNorm(PlainRNNCell):
    """Against exploding gradients, at the wrong place."""

    def to_gate(self, grad_out, hx, gate, h):
        grad = super().to_gate(grad_out, hx, gate, h)
        return grad * min(1.0, 0.5 / float(np.linalg.norm(grad)))


class PlainLSTMCell(LSTMCell):
    blocks = 0, 1, 2, 3

    def forward(self, x, hx):
        h0, c0 = hx
        gates = x @ self.weight_ih.data.T + self.bias_ih.data + h0 @ self.weight_hh.data.T + self.bias_hh.data
        parts = np.split(gates, 4, axis=1)
        i, f, g, o = (np.tanh(parts[b]) if name == "g" else sigmoid(parts[b])
                      for name, b in zip("ifgo", self.blocks, strict=True))
        c = f * c0 + i * g
        self.cache = x, h0, c0, (i, f, g, o), c
        return o * np.tanh(c), c

    def backward(self, grad_out):
        grad_h, grad_c = grad_out
        x, h0, c0, (i, f, g, o), c = self.saved()
        grad_c = self.to_cell(grad_h, grad_c, o, np.tanh(c))
        grads = (grad_c * g * i * (1 - i), self.to_forget(grad_c, c0, c) * f * (1 - f), grad_c * i * (1 - g * g),
                 grad_h * np.tanh(c) * self.open(o))
        joined = np.concatenate([grads[self.blocks.index(place)] for place in range(4)], axis=1)
        add(self.weight_ih, joined.T @ x)
        add(self.weight_hh, joined.T @ h0)
        add(self.bias_ih, joined.sum(axis=0))
        add(self.bias_hh, joined.sum(axis=0))
        return joined @ self.weight_ih.data, joined @ self.weight_hh.data, grad_c * f

    def to_cell(self, grad_h, grad_c, o, squashed):
        return grad_c + grad_h * o * (1 - squashed ** 2)

    def to_forget(self, grad_c, c0, c):
        return grad_c * c0

    def open(self, o):
        return o * (1 - o)


@wrong("order", *PAIR, **ONE)
class LSTMCellGatesInAnotherOrder(PlainLSTMCell):
    """Input, forget, output, candidate."""

    blocks = 0, 1, 3, 2


@wrong("path", *PAIR, **ONE)
class LSTMCellOutputDoesNotReachTheCell(PlainLSTMCell):
    def to_cell(self, grad_h, grad_c, o, squashed):
        return grad_c


@wrong("path", *PAIR, **ONE)
class LSTMCellGradientOfTheNewCellDropped(PlainLSTMCell):
    def to_cell(self, grad_h, grad_c, o, squashed):
        return grad_h * o * (1 - squashed ** 2)


@wrong("formula", *PAIR, **ONE)
class LSTMCellForgetGateLearnsFromTheNewCell(PlainLSTMCell):
    def to_forget(self, grad_c, c0, c):
        return grad_c * c


@wrong("factor", *PAIR, **ONE)
class LSTMCellSlopeOfTheOutputGateForgotten(PlainLSTMCell):
    def open(self, o):
        return 1


class PlainGRUCell(GRUCell):
    def forward(self, x, hx):
        self.cache = self.steps(x, hx)
        _, _, _, z, n, _ = self.cache
        return n + z * (hx - n)

    def steps(self, x, hx):
        xr, xz, xn = np.split(x @ self.weight_ih.data.T + self.bias_ih.data, 3, axis=1)
        hr, hz, hn = np.split(hx @ self.weight_hh.data.T + self.bias_hh.data, 3, axis=1)
        r, z = sigmoid(xr + hr), sigmoid(xz + hz)
        return x, hx, r, z, np.tanh(xn + r * hn), hn

    def backward(self, grad_out):
        x, hx, r, z, n, hn = self.saved()
        to_n = grad_out * (1 - z) * (1 - n * n)
        to_z = self.to_update(grad_out, hx, z, n)
        to_r = to_n * hn * r * (1 - r)
        for weight, bias, value, last in ((self.weight_ih, self.bias_ih, x, to_n),
                                          (self.weight_hh, self.bias_hh, hx, self.behind_reset(to_n, r))):
            grad = np.hstack([to_r, to_z, last])
            add(weight, grad.T @ value)
            add(bias, grad.sum(axis=0))
        from_gates = np.hstack([to_r, to_z, self.behind_reset(to_n, r)]) @ self.weight_hh.data
        return np.hstack([to_r, to_z, to_n]) @ self.weight_ih.data, from_gates + z * grad_out

    def to_update(self, grad_out, hx, z, n):
        return grad_out * (hx - n) * z * (1 - z)

    def behind_reset(self, to_n, r):
        return to_n * r


@wrong("formula", *STATE, **ONE)
class GRUCellUpdateGateMeansItsOpposite(PlainGRUCell):
    """As other books write it; forward and backward agree."""

    def steps(self, x, hx):
        x, hx, r, z, n, hn = super().steps(x, hx)
        return x, hx, r, 1 - z, n, hn

    def to_update(self, grad_out, hx, z, n):
        return -super().to_update(grad_out, hx, z, n)


@wrong("factor", *STATE, **ONE)
class GRUCellResetGateForgottenGoingBack(PlainGRUCell):
    def behind_reset(self, to_n, r):
        return to_n


@wrong("batch", *STATE, **ONE)
class GRUCellUpdateGateAveragedOverTheBatch(PlainGRUCell):
    def to_update(self, grad_out, hx, z, n):
        each = super().to_update(grad_out, hx, z, n)
        return np.broadcast_to(each.mean(axis=0), each.shape)
