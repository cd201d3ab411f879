"""Wrong layers as students write them: tables, cells and attention."""

import numpy as np

from chainrule.layers import Embedding, GRUCell, LSTMCell, RNNCell, ScaledDotProductAttention

from .second_set import add, sigmoid, wrong

INDICES = np.array([[1, 4, 1], [0, 1, 4]])


@wrong("accumulate", INDICES, num_embeddings=6, embedding_dim=3)
class EmbeddingRepeats(Embedding):
    def backward(self, grad_out):
        indices = self.saved().indices
        if self.weight.requires_grad:
            self.weight.grad[indices] += grad_out


@wrong("mask", INDICES, num_embeddings=6, embedding_dim=3, padding_idx=0)
class EmbeddingTrainsPadding(Embedding):
    def backward(self, grad_out):
        indices = self.saved().indices
        if self.weight.requires_grad:
            np.add.at(self.weight.grad, indices, grad_out)


@wrong("mean", INDICES, num_embeddings=6, embedding_dim=3)
class EmbeddingAverages(Embedding):
    def backward(self, grad_out):
        """Divided by how often a word occurs, which was not asked for."""
        indices = self.saved().indices
        if self.weight.requires_grad:
            counts = np.bincount(indices.ravel(), minlength=6)
            np.add.at(self.weight.grad, indices, grad_out / counts[indices][..., None])


class StudentCell:
    """What the cells below share: the pre-activations and where their gradients go."""

    def from_x(self, x):
        return x @ self.weight_ih.data.T + self.bias_ih.data

    def from_h(self, h):
        return h @ self.weight_hh.data.T + self.bias_hh.data

    def give(self, grad_x, grad_h, x, h):
        """Add to the parameters, and return what goes on to x and h."""
        add(self.weight_ih, grad_x.T @ x)
        add(self.bias_ih, grad_x.sum(axis=0))
        add(self.weight_hh, grad_h.T @ h)
        add(self.bias_hh, grad_h.sum(axis=0))
        return grad_x @ self.weight_ih.data, grad_h @ self.weight_hh.data


class StudentRNNCell(StudentCell, RNNCell):
    def forward(self, x, hx):
        y = np.tanh(self.from_x(x) + self.from_h(hx))
        self.cache = x, hx, y
        return y

    def backward(self, grad_out):
        x, hx, y = self.saved()
        grad = grad_out * (1 - y ** 2)
        return self.give(grad, grad, x, hx)


@wrong("factor", (2, 3), (2, 4), input_size=3, hidden_size=4)
class RNNCellNoSlope(StudentRNNCell):
    def backward(self, grad_out):
        x, hx, _ = self.saved()
        return self.give(grad_out, grad_out, x, hx)


@wrong("path", (2, 3), (2, 4), input_size=3, hidden_size=4)
class RNNCellStateEndsHere(StudentRNNCell):
    def backward(self, grad_out):
        """Nothing goes back in time."""
        grad_x, grad_h = super().backward(grad_out)
        return grad_x, np.zeros_like(grad_h)


class StudentLSTMCell(StudentCell, LSTMCell):
    order = (0, 1, 2, 3)

    def forward(self, x, hx):
        h, c = hx
        blocks = np.split(self.from_x(x) + self.from_h(h), 4, axis=1)
        i, f, g, o = (blocks[k] for k in self.order)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c_next = f * c + i * g
        self.cache = x, h, c, i, f, g, o, c_next
        return o * np.tanh(c_next), c_next

    def backward(self, grad_out):
        x, h, c, i, f, g, o, c_next = self.saved()
        grad_h, grad_c = grad_out
        tanh_c = np.tanh(c_next)
        grad_c = self.grad_cell(grad_h, grad_c, o, tanh_c)
        blocks = [grad_c * g * i * (1 - i), grad_c * self.forgotten(c, c_next) * f * (1 - f),
                  grad_c * i * self.new_slope(g), grad_h * tanh_c * o * (1 - o)]
        grad = np.concatenate([blocks[self.order.index(k)] for k in range(4)], axis=1)
        return (*self.give(grad, grad, x, h), grad_c * f)

    def grad_cell(self, grad_h, grad_c, o, tanh_c):
        return grad_c + grad_h * o * (1 - tanh_c ** 2)

    def forgotten(self, c, c_next):
        return c

    def new_slope(self, g):
        return 1 - g ** 2


LSTM = {"input_size": 3, "hidden_size": 4}


@wrong("order", (2, 3), ((2, 4), (2, 4)), **LSTM)
class LSTMCellOtherGates(StudentLSTMCell):
    order = (0, 1, 3, 2)            # i, f, o, g, as many papers have them


@wrong("path", (2, 3), ((2, 4), (2, 4)), **LSTM)
class LSTMCellOutputPathForgotten(StudentLSTMCell):
    def grad_cell(self, grad_h, grad_c, o, tanh_c):
        return grad_c


@wrong("formula", (2, 3), ((2, 4), (2, 4)), **LSTM)
class LSTMCellNewCellForOld(StudentLSTMCell):
    def forgotten(self, c, c_next):
        return c_next


@wrong("formula", (2, 3), ((2, 4), (2, 4)), **LSTM)
class LSTMCellSigmoidSlope(StudentLSTMCell):
    def new_slope(self, g):
        """That of a sigmoid, though g has tanh."""
        return g * (1 - g)


@wrong("order", (2, 3), (2, 4), input_size=3, hidden_size=4)
class GRUCellMixTurned(StudentCell, GRUCell):
    def forward(self, x, hx):
        """z and 1 - z exchanged."""
        y = super().forward(x, hx)
        (x_r, x_z, x_n), (h_r, h_z, h_n) = np.split(self.from_x(x), 3, axis=1), np.split(self.from_h(hx), 3, axis=1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        return (z * np.tanh(x_n + r * h_n) + (1 - z) * hx).astype(y.dtype)


@wrong("formula", (2, 3), (2, 4), input_size=3, hidden_size=4)
class GRUCellResetsBefore(StudentCell, GRUCell):
    def forward(self, x, hx):
        """The reset gate stands before the product, as in the first paper."""
        y = super().forward(x, hx)
        (x_r, x_z, x_n), (h_r, h_z, _) = np.split(self.from_x(x), 3, axis=1), np.split(self.from_h(hx), 3, axis=1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        n = np.tanh(x_n + np.split(self.from_h(r * hx), 3, axis=1)[2])
        return ((1 - z) * n + z * hx).astype(y.dtype)


QKV = ((2, 3, 4), (2, 5, 4), (2, 5, 6))


@wrong("factor", *QKV)
class AttentionUnscaled(ScaledDotProductAttention):
    def forward(self, q, k, v):
        scale, self.scale = self.scale, 1.0
        y = super().forward(q, k, v)
        self.scale = scale
        return y


@wrong("order", *QKV)
class AttentionOverQueries(ScaledDotProductAttention):
    def forward(self, q, k, v):
        super().forward(q, k, v)
        e = np.exp(q @ k.swapaxes(-1, -2) / np.sqrt(4))
        return (e / e.sum(axis=-2, keepdims=True) @ v).astype(q.dtype)


@wrong("factor", *QKV)
class AttentionKeyGradientUnscaled(ScaledDotProductAttention):
    def backward(self, grad_out):
        grad_q, grad_k, grad_v = super().backward(grad_out)
        return grad_q, grad_k * 2, grad_v


@wrong("mask", (2, 4, 3), (2, 4, 3), (2, 4, 5), is_causal=True)
class AttentionSeesNext(ScaledDotProductAttention):
    def forward(self, q, k, v):
        """The triangle of the mask is off by one."""
        super().forward(q, k, v)
        e = np.exp(q @ k.swapaxes(-1, -2) / np.sqrt(3)) * np.tri(4, k=1)
        return (e / e.sum(axis=-1, keepdims=True) @ v).astype(q.dtype)


@wrong("path", *QKV)
class AttentionSoftmaxSkipped(ScaledDotProductAttention):
    def backward(self, grad_out):
        """The sum over the row in the gradient of softmax is forgotten."""
        super().backward(grad_out)
        attended, x_shapes = self.saved()[:2]
        q, k, v = (part.reshape(shape) for part, shape in zip(attended[:3], x_shapes, strict=True))
        e = np.exp(q @ k.swapaxes(-1, -2) / 2)
        weights = e / e.sum(axis=-1, keepdims=True)
        grad_scores = weights * (grad_out @ v.swapaxes(-1, -2)) / 2
        return grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ grad_out
