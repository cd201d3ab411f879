"""The third set of wrong layers: tables, positions and softmax."""

import numpy as np

from chainrule.layers import Embedding, LearnedPositions, LogSoftmax, RotaryPositions, SinusoidalPositions, Softmax

from .third_set import wrong

WORDS = np.array([[1, 4, 1], [0, 1, 4]])
TABLE = {"num_embeddings": 6, "embedding_dim": 3}


class PlainEmbedding(Embedding):
    def forward(self, indices):
        self.cache = indices
        return self.weight.data[indices]

    def backward(self, grad_out):
        indices = self.saved()
        if self.weight.requires_grad:
            self.learn(indices, grad_out)

    def learn(self, indices, grad_out):
        np.add.at(self.weight.grad, indices, grad_out)


@wrong("accumulate", WORDS, **TABLE)
class EmbeddingLastOccurrence(PlainEmbedding):
    def learn(self, indices, grad_out):
        self.weight.grad[indices] = grad_out


@wrong("order", WORDS, **TABLE)
class EmbeddingFromOne(PlainEmbedding):
    def forward(self, indices):
        """Words are counted from one."""
        self.cache = indices - 1
        return self.weight.data[indices - 1]


@wrong("factor", WORDS, **TABLE)
class EmbeddingTimesRoot(PlainEmbedding):
    def forward(self, indices):
        """Multiplied by the root of the width, as in a paper."""
        return super().forward(indices) * float(np.sqrt(self.embedding_dim))

    def learn(self, indices, grad_out):
        super().learn(indices, grad_out * float(np.sqrt(self.embedding_dim)))


@wrong("mask", WORDS, **TABLE)
class EmbeddingAlwaysPads(PlainEmbedding):
    def learn(self, indices, grad_out):
        """Word 0 is taken for padding, though none was asked for."""
        super().learn(indices, grad_out * (indices != 0)[..., None])


PLACES = (2, 5, 6)


class PlainSinusoidal(SinusoidalPositions):
    def forward(self, x):
        self.cache = x.dtype
        _, length, width = x.shape
        pairs = np.arange(width // 2)
        angles = self.places(length)[:, None] / self.base ** (self.exponent(pairs) / width)
        return (x + self.waves(np.sin(angles), np.cos(angles))).astype(x.dtype)

    def backward(self, grad_out):
        return grad_out.astype(self.saved())

    def places(self, length):
        return np.arange(length)

    def exponent(self, pairs):
        return 2 * pairs

    def waves(self, sin, cos):
        return np.stack([sin, cos], axis=-1).reshape(len(sin), -1)


@wrong("order", PLACES)
class SinusoidalCosineFirst(PlainSinusoidal):
    def waves(self, sin, cos):
        return super().waves(cos, sin)


@wrong("order", PLACES)
class SinusoidalHalves(PlainSinusoidal):
    def waves(self, sin, cos):
        return np.concatenate([sin, cos], axis=1)


@wrong("formula", PLACES)
class SinusoidalExponent(PlainSinusoidal):
    def exponent(self, pairs):
        return pairs


@wrong("order", PLACES)
class SinusoidalFromOne(PlainSinusoidal):
    def places(self, length):
        return np.arange(1, length + 1)


class PlainLearned(LearnedPositions):
    def forward(self, x):
        self.cache = x.dtype
        return x + self.weight.data[:x.shape[1]]

    def backward(self, grad_out):
        self.learn(grad_out)
        return grad_out.astype(self.saved())

    def learn(self, grad_out):
        if self.weight.requires_grad:
            self.weight.grad[:grad_out.shape[1]] += grad_out.sum(axis=0)


@wrong("mean", PLACES, max_len=7, embed_dim=6)
class LearnedAveraged(PlainLearned):
    def learn(self, grad_out):
        if self.weight.requires_grad:
            self.weight.grad[:grad_out.shape[1]] += grad_out.mean(axis=0)


@wrong("accumulate", PLACES, max_len=7, embed_dim=6)
class LearnedAssigned(PlainLearned):
    def learn(self, grad_out):
        if self.weight.requires_grad:
            self.weight.grad[:grad_out.shape[1]] = grad_out.sum(axis=0)


@wrong("batch", PLACES, max_len=7, embed_dim=6)
class LearnedFirstOfBatch(PlainLearned):
    def learn(self, grad_out):
        if self.weight.requires_grad:
            self.weight.grad[:grad_out.shape[1]] += grad_out[0]


class PlainRotary(RotaryPositions):
    def forward(self, x):
        self.cache = x.dtype
        return self.turned(x, self.forth).astype(x.dtype)

    forth, back = 1, -1

    def backward(self, grad_out):
        return self.turned(grad_out, self.back).astype(self.saved())

    def turned(self, x, sign):
        _, length, width = x.shape
        angles = np.arange(length)[:, None] / self.base ** (np.arange(0, width, 2) / width)
        cos, sin = np.cos(angles), sign * np.sin(angles)
        a, b = x[..., 0::2], x[..., 1::2]
        return np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1).reshape(x.shape)


@wrong("sign", PLACES)
class RotaryTurnsOn(PlainRotary):
    back = 1


@wrong("sign", PLACES)
class RotaryTurnsBackward(PlainRotary):
    forth, back = -1, 1


class PlainSoftmax(Softmax):
    def forward(self, x):
        e = np.exp(x - x.max(axis=self.axis(), keepdims=True))
        self.cache = e / e.sum(axis=self.axis(), keepdims=True)
        return self.cache

    def axis(self):
        return self.dim

    def backward(self, grad_out):
        y = self.saved()
        return self.product(grad_out, y).astype(y.dtype)

    def product(self, grad_out, y):
        return y * (grad_out - (grad_out * y).sum(axis=self.axis(), keepdims=True))


@wrong("path", (4, 5))
class SoftmaxOuterProductAlone(PlainSoftmax):
    def product(self, grad_out, y):
        return -y * (grad_out * y).sum(axis=-1, keepdims=True)


@wrong("order", (4, 5), dim=0)
class SoftmaxIgnoresDim(PlainSoftmax):
    def axis(self):
        return -1


@wrong("formula", (4, 5))
class SoftmaxKeepsScores(PlainSoftmax):
    def forward(self, x):
        y = super().forward(x)
        self.cache = x
        return y


@wrong("path", (4, 5))
class SoftmaxNotDivided(PlainSoftmax):
    def forward(self, x):
        self.cache = np.exp(x - x.max(axis=-1, keepdims=True))
        return self.cache


@wrong("mean", (4, 5))
class SoftmaxMeanForSum(PlainSoftmax):
    def product(self, grad_out, y):
        return y * (grad_out - (grad_out * y).mean(axis=-1, keepdims=True))


@wrong("mean", (4, 5))
class LogSoftmaxMeanForSum(LogSoftmax):
    def backward(self, grad_out):
        y = self.saved()
        return (grad_out - np.exp(y) * grad_out.mean(axis=-1, keepdims=True)).astype(y.dtype)


@wrong("sign", (4, 5))
class LogSoftmaxPlus(LogSoftmax):
    def backward(self, grad_out):
        y = self.saved()
        return (grad_out + np.exp(y) * grad_out.sum(axis=-1, keepdims=True)).astype(y.dtype)
