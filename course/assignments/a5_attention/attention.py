"""Attention: every place looks at the others and takes what fits."""

import math

import numpy as np

from chainrule.layers import Linear
from chainrule.layers.core import Layer, Parameter, call, call_back


class LayerNorm(Layer):
    """Every row standardised by its own mean and variance, ``y = x_hat * weight + bias``.

    Formula: x_hat = (x - mean) * inv_std, inv_std = 1 / sqrt(var + eps), with mean and the biased variance
             (``x.var()``) of each row, the last axis

    Shapes:
        x, y:         (..., size)
        weight, bias: (size,)

    Gradients:
        grad_hat    = grad_out * weight
        grad_x      = (grad_hat - mean(grad_hat) - x_hat * mean(grad_hat * x_hat)) * inv_std, means over each row
        grad_weight = sum of grad_out * x_hat over all axes but the last
        grad_bias   = sum of grad_out over all axes but the last

    Cache: ``(x_hat, inv_std)``, inv_std of shape (..., 1)
    """

    def __init__(self, size, eps=1e-5):
        self.size, self.eps = size, eps
        self.weight = Parameter(np.ones(size))
        self.bias = Parameter(np.zeros(size))

    def forward(self, x):
        """Return the standardised rows, scaled and shifted."""
        # BEGIN SOLUTION
        inv_std = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        x_hat = (x - x.mean(axis=-1, keepdims=True)) * inv_std
        self.cache = x_hat, inv_std
        return x_hat * self.weight.data + self.bias.data
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``, and add to those of ``weight`` and ``bias``."""
        # BEGIN SOLUTION
        x_hat, inv_std = self.saved()
        self.weight.grad += (grad_out * x_hat).reshape(-1, self.size).sum(axis=0)
        self.bias.grad += grad_out.reshape(-1, self.size).sum(axis=0)
        grad_hat = grad_out * self.weight.data
        return (grad_hat - grad_hat.mean(axis=-1, keepdims=True)
                - x_hat * (grad_hat * x_hat).mean(axis=-1, keepdims=True)) * inv_std
        # END SOLUTION


class ScaledDotProductAttention(Layer):
    """Means of the values, weighted by how well each key fits the query.

    Formula: scores = q @ k.T / sqrt(E), and with ``is_causal`` minus infinity where the key lies behind the query
             weights = softmax of each row of scores
             y = weights @ v

    A transposed array here is one whose last two axes are exchanged; the axes before them are a batch.

    Shapes:
        q, k, v:         (..., L, E), (..., S, E), (..., S, D)
        scores, weights: (..., L, S); a query at place l may look at keys 0 to l with ``is_causal``
        y:               (..., L, D)

    Gradients:
        grad_v       = weights.T @ grad_out
        grad_weights = grad_out @ v.T
        grad_scores  = weights * (grad_weights - sum(grad_weights * weights)), the sum over each row
        grad_q       = grad_scores @ k / sqrt(E)
        grad_k       = grad_scores.T @ q / sqrt(E)

    Cache: ``(q, k, v, weights)``
    """

    def __init__(self, is_causal=False):
        self.is_causal = is_causal

    def forward(self, q, k, v):
        """Return the means."""
        # BEGIN SOLUTION
        scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
        if self.is_causal:
            scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        self.cache = q, k, v, weights
        return weights @ v
        # END SOLUTION

    def backward(self, grad_out):
        """Return ``(grad_q, grad_k, grad_v)``."""
        # BEGIN SOLUTION
        q, k, v, weights = self.saved()
        grad_weights = grad_out @ v.swapaxes(-1, -2)
        grad_scores = weights * (grad_weights - (grad_weights * weights).sum(axis=-1, keepdims=True))
        grad_scores = grad_scores / math.sqrt(q.shape[-1])
        return grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ grad_out
        # END SOLUTION


class SelfAttention(Layer):
    """Attention of several heads of a sequence to itself.

    ``in_proj`` makes queries, keys and values of every place, in this order along the last axis. Each is cut into
    ``heads`` heads of E / heads numbers one behind the other, each head attends on its own, and ``out_proj`` mixes what
    the heads found, laid one behind the other again.

    Shapes:
        x, y:             (N, L, E)
        in_proj(x):       (N, L, 3 * E)
        q, k, v of heads: (N, heads, L, E / heads)

    Gradients:
        grad_x = the same steps back, each with the entry of its own call

    Cache: ``(in_entry, entry, out_entry)``, those of the calls of ``in_proj``, ``attention`` and ``out_proj``
    """

    def __init__(self, size, heads, is_causal=False):
        self.size, self.heads = size, heads
        self.in_proj = Linear(size, 3 * size)
        self.attention = ScaledDotProductAttention(is_causal)
        self.out_proj = Linear(size, size)

    def forward(self, x):
        """Return what the places found."""
        # BEGIN SOLUTION
        packed, in_entry = call(self.in_proj, x)
        count, length, _ = x.shape
        parts = packed.reshape(count, length, 3, self.heads, -1)        # (N, L, 3, heads, E / heads)
        q, k, v = parts.transpose(2, 0, 3, 1, 4)
        found, entry = call(self.attention, q, k, v)
        y, out_entry = call(self.out_proj, found.swapaxes(1, 2).reshape(x.shape))
        self.cache = in_entry, entry, out_entry
        return y
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``; the projections' parameters get theirs on the way."""
        # BEGIN SOLUTION
        in_entry, entry, out_entry = self.saved()
        count, length, _ = grad_out.shape
        grad = call_back(self.out_proj, out_entry, grad_out)
        grad = grad.reshape(count, length, self.heads, -1).swapaxes(1, 2)
        grads = np.stack(call_back(self.attention, entry, grad))        # (3, N, heads, L, E / heads)
        grad_packed = grads.transpose(1, 3, 0, 2, 4).reshape(count, length, 3 * self.size)
        return call_back(self.in_proj, in_entry, grad_packed)
        # END SOLUTION
