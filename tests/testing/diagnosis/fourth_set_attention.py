"""The fourth set of wrong layers: attention and positions."""

import numpy as np

from chainrule.layers import ScaledDotProductAttention, SinusoidalPositions

from .fourth_set import wrong

HEADS = ((2, 3, 4), (2, 5, 4), (2, 5, 6))
PLACES = (2, 5, 6)


class PlainAttention(ScaledDotProductAttention):
    axis = -1

    def root(self, q):
        return float(q.shape[-1]) ** 0.5

    def forward(self, q, k, v):
        scores = q @ np.swapaxes(k, -1, -2) / self.root(q)
        if self.is_causal:
            scores = np.where(self.seen(*scores.shape[-2:]), scores, -np.inf)
        e = np.exp(scores - scores.max(axis=self.axis, keepdims=True))
        weights = e / e.sum(axis=self.axis, keepdims=True)
        self.cache = q, k, v, weights
        return weights @ v

    def seen(self, queries, keys):
        return np.tri(queries, keys, dtype=bool)

    def backward(self, grad_out):
        q, k, v, weights = self.saved()
        grad_scores = self.through_softmax(grad_out @ np.swapaxes(v, -1, -2), weights) / self.root(q)
        return grad_scores @ k, self.to_keys(grad_scores, q), np.swapaxes(weights, -1, -2) @ grad_out

    def through_softmax(self, grad_weights, weights):
        return weights * (grad_weights - (weights * grad_weights).sum(axis=self.axis, keepdims=True))

    def to_keys(self, grad_scores, q):
        return np.swapaxes(grad_scores, -1, -2) @ q


@wrong("factor", *HEADS)
class AttentionScoresNotScaled(PlainAttention):
    def root(self, q):
        return 1.0


@wrong("factor", *HEADS)
class AttentionKeysScaledTwiceGoingBack(PlainAttention):
    def to_keys(self, grad_scores, q):
        return super().to_keys(grad_scores, q / self.root(q))


@wrong("order", *HEADS)
class AttentionWeightsSumToOneOverQueries(PlainAttention):
    axis = -2


@wrong("path", *HEADS)
class AttentionSoftmaxWithoutItsSum(PlainAttention):
    def through_softmax(self, grad_weights, weights):
        return weights * grad_weights


@wrong("mask", (2, 4, 3), (2, 4, 3), (2, 4, 5), is_causal=True)
class AttentionSeesTheFuture(PlainAttention):
    """The mask is that of the keys behind, not of those before."""

    def seen(self, queries, keys):
        return np.triu(np.ones((queries, keys), bool))


@wrong("mask", (2, 4, 3), (2, 4, 3), (2, 4, 5), is_causal=True)
class AttentionMasksAfterTheSoftmax(PlainAttention):
    def forward(self, q, k, v):
        self.is_causal = False
        super().forward(q, k, v)
        self.is_causal = True
        self.cut = self.seen(q.shape[-2], k.shape[-2]).astype(q.dtype)
        return (self.cache[3] * self.cut) @ v

    def backward(self, grad_out):
        q, k, v, weights = self.saved()
        grad_scores = self.through_softmax(grad_out @ np.swapaxes(v, -1, -2) * self.cut, weights) / self.root(q)
        return grad_scores @ k, self.to_keys(grad_scores, q), np.swapaxes(weights * self.cut, -1, -2) @ grad_out


@wrong("dtype", *HEADS)
class AttentionDividedByADoubleRoot(PlainAttention):
    """np.sqrt of a whole number is a double, and makes doubles of all that it meets."""

    def root(self, q):
        return np.sqrt(q.shape[-1])


@wrong("sign", *HEADS)
class AttentionSoftmaxSumAdded(PlainAttention):
    def through_softmax(self, grad_weights, weights):
        return weights * (grad_weights + np.sum(weights * grad_weights, axis=-1, keepdims=True))


class PlainPositions(SinusoidalPositions):
    first = 0

    def forward(self, x):
        length, width = x.shape[-2:]
        place = np.arange(self.first, self.first + length)[:, None]
        angle = place / self.base ** (np.arange(0, width, 2) / width)
        self.cache = x.shape
        return x + self.waves(angle).astype(x.dtype)

    def waves(self, angle):
        waves = np.empty((len(angle), 2 * angle.shape[1]))
        waves[:, 0::2], waves[:, 1::2] = np.sin(angle), np.cos(angle)
        return waves

    def backward(self, grad_out):
        self.saved()
        return grad_out.copy()


@wrong("order", PLACES)
class PositionsAllSinesFirst(PlainPositions):
    def waves(self, angle):
        return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


@wrong("order", PLACES)
class PositionsCountedFromOne(PlainPositions):
    first = 1


@wrong("dtype", PLACES)
class PositionsTableOfDoubles(PlainPositions):
    def forward(self, x):
        table = super().forward(np.zeros(x.shape))
        return x + table
