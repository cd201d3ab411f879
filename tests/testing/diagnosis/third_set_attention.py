"""The third set of wrong layers: attention and the norms of rows."""

import numpy as np

from chainrule.layers import LayerNorm, RMSNorm, ScaledDotProductAttention

from .second_set import add
from .third_set import wrong

QKV = ((2, 3, 4), (2, 5, 4), (2, 5, 6))
SQUARE = ((2, 4, 3), (2, 4, 3), (2, 4, 3))


class PlainAttention(ScaledDotProductAttention):
    def forward(self, q, k, v, attn_mask=None):
        scores = self.hidden(q @ k.swapaxes(-1, -2) * self.factor(q, k, v), attn_mask)
        weights = self.weighted(scores)
        self.cache = q, k, v, weights, attn_mask is not None
        return weights @ v

    def factor(self, q, k, v):
        return float(1 / np.sqrt(q.shape[-1]))

    def hidden(self, scores, attn_mask):
        if self.is_causal:
            scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
        if attn_mask is not None:
            scores = np.where(attn_mask, scores, -np.inf)
        return scores.astype(np.float64)

    def weighted(self, scores):
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)

    def backward(self, grad_out):
        q, k, v, weights, masked = self.saved()
        grad_scores = self.through_softmax(grad_out @ v.swapaxes(-1, -2), weights) * self.factor_back(q, k, v)
        grads = (grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q, self.to_values(weights, grad_out))
        grads = tuple(grad.astype(x.dtype) for grad, x in zip(grads, (q, k, v), strict=True))
        return (*grads, None) if masked else grads

    def factor_back(self, q, k, v):
        return self.factor(q, k, v)

    def through_softmax(self, grad, weights):
        return weights * (grad - (grad * weights).sum(axis=-1, keepdims=True))

    def to_values(self, weights, grad_out):
        return weights.swapaxes(-1, -2) @ grad_out


class SameDtype(PlainAttention):
    def forward(self, q, k, v, attn_mask=None):
        return super().forward(q, k, v, attn_mask).astype(q.dtype)


@wrong("factor", *QKV)
class AttentionDividedByWidth(SameDtype):
    def factor(self, q, k, v):
        return 1 / q.shape[-1]


@wrong("factor", *QKV)
class AttentionDividedByRootOfKeys(SameDtype):
    def factor(self, q, k, v):
        return float(1 / np.sqrt(k.shape[-2]))


@wrong("factor", *QKV)
class AttentionScaledForwardAlone(SameDtype):
    def factor_back(self, q, k, v):
        return 1.0


@wrong("mask", *SQUARE, is_causal=True)
class AttentionHiddenByZero(SameDtype):
    def hidden(self, scores, attn_mask):
        """Hidden scores are zero, which is a score as good as others."""
        return scores * np.tri(*scores.shape[-2:])


@wrong("mask", *SQUARE, is_causal=True)
class AttentionHiddenAfterSoftmax(SameDtype):
    def hidden(self, scores, attn_mask):
        return scores

    def weighted(self, scores):
        return super().weighted(scores) * np.tri(*scores.shape[-2:])


@wrong("mask", *SQUARE, is_causal=True)
class AttentionHidesThePast(SameDtype):
    def hidden(self, scores, attn_mask):
        return np.where(np.tri(*scores.shape[-2:], dtype=bool).T, scores, -np.inf)


@wrong("mask", *SQUARE, is_causal=True)
class AttentionNotCausal(SameDtype):
    def hidden(self, scores, attn_mask):
        return scores


LOOK = np.array([[True, False, True, True, False], [True, True, False, True, True], [False, True, True, False, True]])


@wrong("mask", *QKV, LOOK)
class AttentionMaskMeansHide(SameDtype):
    def hidden(self, scores, attn_mask):
        return np.where(attn_mask, -np.inf, scores)


@wrong("order", *SQUARE)
class AttentionQueriesAndKeysExchanged(SameDtype):
    def backward(self, grad_out):
        grad_q, grad_k, grad_v = super().backward(grad_out)
        return grad_k, grad_q, grad_v


@wrong("order", *SQUARE)
class AttentionWeightsUntransposed(SameDtype):
    def to_values(self, weights, grad_out):
        return weights @ grad_out


@wrong("order", *SQUARE)
class AttentionSumOverQueries(SameDtype):
    def through_softmax(self, grad, weights):
        return weights * (grad - (grad * weights).sum(axis=-2, keepdims=True))


@wrong("mean", *QKV)
class AttentionMeanForSum(SameDtype):
    def through_softmax(self, grad, weights):
        return weights * (grad - (grad * weights).mean(axis=-1, keepdims=True))


@wrong("batch", *QKV)
class AttentionOneSoftmax(SameDtype):
    def weighted(self, scores):
        """The weights of the whole batch have the sum one."""
        e = np.exp(scores - scores.max())
        return e / e.sum()


@wrong("path", *QKV)
class AttentionKeysForgotten(SameDtype):
    def backward(self, grad_out):
        grad_q, grad_k, grad_v = super().backward(grad_out)
        return grad_q, np.zeros_like(grad_k), grad_v


class PlainLayerNorm(LayerNorm):
    ddof = 0

    def forward(self, x):
        inv_std = self.inverse(x.var(axis=-1, keepdims=True, ddof=self.ddof))
        x_hat = ((x - x.mean(axis=-1, keepdims=True)) * inv_std).astype(x.dtype)
        self.cache = x, x_hat, inv_std
        return x_hat * self.weight.data + self.bias.data

    def inverse(self, var):
        return 1 / np.sqrt(var + self.eps)

    def backward(self, grad_out):
        x, x_hat, inv_std = self.saved()
        self.learn(grad_out.reshape(-1, x.shape[-1]), x_hat.reshape(-1, x.shape[-1]), x.reshape(-1, x.shape[-1]))
        return (self.standardised(self.hat(grad_out), x_hat) * inv_std).astype(x.dtype)

    def hat(self, grad_out):
        return grad_out * self.weight.data

    def standardised(self, grad, x_hat):
        return grad - grad.mean(axis=-1, keepdims=True) - x_hat * (grad * x_hat).mean(axis=-1, keepdims=True)

    def learn(self, grad, x_hat, x):
        add(self.weight, (grad * x_hat).sum(axis=0))
        add(self.bias, grad.sum(axis=0))


ROWS = ((4, 3, 5),)


@wrong("mean", *ROWS, normalized_shape=5)
class LayerNormOneLess(PlainLayerNorm):
    ddof = 1


@wrong("batch", (4, 5), normalized_shape=5)
class LayerNormOverTheBatch(PlainLayerNorm):
    def forward(self, x):
        """What batch normalisation does."""
        super().forward(x)
        x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + self.eps)
        return (x_hat * self.weight.data + self.bias.data).astype(x.dtype)


@wrong("path", *ROWS, normalized_shape=5)
class LayerNormConstants(PlainLayerNorm):
    def standardised(self, grad, x_hat):
        """Mean and variance are taken for constants."""
        return grad


@wrong("path", *ROWS, normalized_shape=5)
class LayerNormMeanForgotten(PlainLayerNorm):
    def standardised(self, grad, x_hat):
        return grad - x_hat * (grad * x_hat).mean(axis=-1, keepdims=True)


@wrong("factor", *ROWS, normalized_shape=5)
class LayerNormWeightLeftOut(PlainLayerNorm):
    def hat(self, grad_out):
        return grad_out


@wrong("formula", *ROWS, normalized_shape=5)
class LayerNormWithoutRoot(PlainLayerNorm):
    def inverse(self, var):
        return 1 / (var + self.eps)


@wrong("formula", *ROWS, normalized_shape=5)
class LayerNormWeightFromInput(PlainLayerNorm):
    def learn(self, grad, x_hat, x):
        super().learn(grad, x, x)


@wrong("mean", *ROWS, normalized_shape=5)
class LayerNormParametersAveraged(PlainLayerNorm):
    def learn(self, grad, x_hat, x):
        add(self.weight, (grad * x_hat).mean(axis=0))
        add(self.bias, grad.mean(axis=0))


@wrong("mean", *ROWS, normalized_shape=5)
class LayerNormSumsForMeans(PlainLayerNorm):
    def standardised(self, grad, x_hat):
        return grad - grad.sum(axis=-1, keepdims=True) - x_hat * (grad * x_hat).sum(axis=-1, keepdims=True)


class PlainRMSNorm(RMSNorm):
    def forward(self, x):
        inv_std = (1 / np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + self.eps)).astype(x.dtype)
        self.cache = x * inv_std, inv_std
        return self.cache[0] * self.weight.data

    def backward(self, grad_out):
        x_hat, inv_std = self.saved()
        add(self.weight, (grad_out * x_hat).reshape(-1, x_hat.shape[-1]).sum(axis=0))
        grad = grad_out * self.weight.data
        return ((grad - self.second(grad, x_hat)) * inv_std).astype(x_hat.dtype)

    def second(self, grad, x_hat):
        return x_hat * (grad * x_hat).mean(axis=-1, keepdims=True)


@wrong("formula", *ROWS, normalized_shape=5, eps=1e-5)
class RMSNormCentres(PlainRMSNorm):
    def forward(self, x):
        return super().forward(x - x.mean(axis=-1, keepdims=True))


@wrong("path", *ROWS, normalized_shape=5, eps=1e-5)
class RMSNormConstant(PlainRMSNorm):
    def second(self, grad, x_hat):
        return 0


@wrong("sign", *ROWS, normalized_shape=5, eps=1e-5)
class RMSNormPlus(PlainRMSNorm):
    def second(self, grad, x_hat):
        return -super().second(grad, x_hat)
