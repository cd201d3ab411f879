"""Scaled dot-product attention: every query gets a mean of the values, weighted by how well the keys fit it."""

import math
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import (
    Array,
    Description,
    Kept,
    Layer,
    Shape,
    ShapeError,
    Share,
    as_dtype,
    check_range,
    check_shape,
    show_shape,
)
from .attend import Attended, Rules, attend, attend_back, attended_kept, with_dropout
from .masks import additive_mask, check_mask
from .tangent import attend_back_jvp, attend_jvp

__all__ = ["ScaledDotProductAttention"]


class ScaledDotProductAttentionCache(NamedTuple):
    """What the weights are computed from, shapes and dtypes of q, k and v, and whether a mask was given."""

    attended: Attended
    x_shapes: tuple[Shape, Shape, Shape]
    dtypes: tuple[np.dtype[Any], ...]
    masked: bool


class ScaledDotProductAttention(Layer):
    """Means of values, ``y = dropout(weights) @ v`` with ``weights = softmax(scale * q @ k.T + attn_mask)``.

    A boolean ``attn_mask`` says where to look, numbers are added; it has no gradient. ``is_causal`` hides from every
    query the keys behind its own position. ``scale`` is 1 / sqrt(E) unless given.

    Shapes:
        q: (..., L, E)      k: (..., S, E)      v: (..., S, D)      y: (..., L, D)
        attn_mask: what broadcasts to (..., L, S); with ``enable_gqa`` each head of k and v, the axis before the
        positions, serves a group of the heads of q

    Gradients:
        grad_v       = dropout(weights).T @ grad_out
        grad_weights = dropout(grad_out @ v.T), with the mask of the forward pass
        grad_scores  = weights * (grad_weights - sum(grad_weights * weights))       (softmax: rows sum to one)
        grad_q, grad_k = scale * grad_scores @ k, scale * grad_scores.T @ q

    Cost: L·S·(E + D) multiply-adds for each head; keeps ``q``, ``k``, ``v`` and a number for each query.

    Source: Vaswani et al. 2017, section 3.2.1; arguments of torch's scaled_dot_product_attention.

    Example:
        >>> q, k, v = np.zeros((1, 2)), np.zeros((2, 2)), np.array([[1.0], [3.0]])
        >>> ScaledDotProductAttention().forward(q, k, v).tolist()
        [[2.0]]
    """

    def __init__(self, dropout_p: Share = 0.0, is_causal: bool = False, scale: float | None = None,
                 enable_gqa: bool = False, *, rng: np.random.Generator | None = None) -> None:
        self.dropout_p = check_range(float(dropout_p), 0.0, 1.0, name="dropout_p", owner="ScaledDotProductAttention")
        self.is_causal = is_causal
        self.scale = scale
        self.enable_gqa = enable_gqa
        self.rng = rng

    def forward(self, q: Array, k: Array, v: Array, attn_mask: Array | None = None) -> Array:
        for name, x in (("q", q), ("k", k), ("v", v)):
            check_shape(x, (...,), name=name, owner=self)
        shape = self._check(q.shape, k.shape, v.shape, attn_mask)
        dtype = np.result_type(q, k, v)
        q_heads, k_heads, v_heads = (as_dtype(x, dtype).reshape(self._grouped(x.shape, k.shape)) for x in (q, k, v))
        bias = None if attn_mask is None else additive_mask(attn_mask, dtype, true_means="look").reshape(
            self._grouped(attn_mask.shape, k.shape))
        rules = Rules(1 / math.sqrt(q.shape[-1]) if self.scale is None else self.scale, bias, self.is_causal)
        if self.training:
            rules = with_dropout(rules, q_heads, k_heads, v_heads, self.dropout_p, self.rng)
        y, _, attended = attend(q_heads, k_heads, v_heads, rules)
        self.cache = ScaledDotProductAttentionCache(
            attended, (q.shape, k.shape, v.shape), (q.dtype, k.dtype, v.dtype), attn_mask is not None)
        return y.reshape(*shape[:-1], v.shape[-1])

    def backward(self, grad_out: Array) -> tuple[Array | None, ...] | None:
        attended, x_shapes, dtypes, masked = self.saved()
        q_shape, k_shape, v_shape = x_shapes
        shape = self._check(q_shape, k_shape, v_shape, None)
        check_shape(grad_out, (*shape[:-1], v_shape[-1]), name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        grad_y = as_dtype(grad_out, attended.q.dtype).reshape(self._grouped(grad_out.shape, k_shape))
        grads = [as_dtype(grad, dtype).reshape(x_shape) for grad, dtype, x_shape in zip(
            attend_back(attended, grad_y), dtypes, x_shapes, strict=True)]
        return (*grads, None) if masked else tuple(grads)

    def jvp(self, *x_dot: Array | None) -> Array:
        attended, (q_shape, k_shape, v_shape), _, _ = self.point()
        q_dot, k_dot, v_dot = (np.zeros_like(head) if dot is None else as_dtype(dot, head.dtype).reshape(head.shape)
                               for head, dot in zip(attended[:3], x_dot, strict=False))
        y_dot, _, self.tangent = attend_jvp(attended, (q_dot, k_dot, v_dot))
        return y_dot.reshape(*self._check(q_shape, k_shape, v_shape, None)[:-1], v_shape[-1])

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        attended, x_shapes, dtypes, masked = self.saved()
        grad_y, grad_y_dot = (as_dtype(each, attended.q.dtype).reshape(self._grouped(grad_out.shape, x_shapes[1]))
                              for each in (grad_out, np.zeros_like(grad_out) if grad_out_dot is None else grad_out_dot))
        grads, dots = (tuple(as_dtype(grad, dtype).reshape(x_shape)
                             for grad, dtype, x_shape in zip(each, dtypes, x_shapes, strict=True))
                       for each in attend_back_jvp(attended, self.saved_tangent(), grad_y, grad_y_dot))
        return ((*grads, None), (*dots, None)) if masked else (grads, dots)

    def describe(self, *x_shapes: Shape) -> Description:
        """The inputs are kept, but no weights; a boolean mask is kept as numbers."""
        q_shape, k_shape, v_shape, *masks = x_shapes
        shape = self._check(q_shape, k_shape, v_shape, masks[0] if masks and masks[0] else None)
        inputs = [Kept(f"x{index}", prod(x_shape)) for index, x_shape in enumerate(x_shapes) if x_shape]
        return self.description((*shape[:-1], v_shape[-1]), field=None,
                                multiply_adds=prod(shape) * (q_shape[-1] + v_shape[-1]),
                                kept=(*inputs, *attended_kept(shape, self.training and self.dropout_p > 0)))

    def _check(self, q_shape: Shape, k_shape: Shape, v_shape: Shape, mask: Any) -> Shape:
        """Return the shape of the weights, (..., L, S), or raise ShapeError."""
        shape = self._fit(q_shape, k_shape, v_shape)
        if shape is None:
            heads = "..., H, " if self.enable_gqa else "..., "
            shown = " and ".join(show_shape(x_shape) for x_shape in (q_shape, k_shape, v_shape))
            raise ShapeError(f"{self.title} expected q of shape ({heads}L, E), k of shape ({heads}S, E) and "
                             f"v of shape ({heads}S, D), got {shown}")
        if mask is not None:
            mask_shape = mask if isinstance(mask, tuple) else np.shape(mask)
            check_mask(mask, mask_shape if _broadcasts(mask_shape, shape) else shape, name="attn_mask", owner=self)
        return shape

    def _fit(self, q_shape: Shape, k_shape: Shape, v_shape: Shape) -> Shape | None:
        inner = 3 if self.enable_gqa else 2
        if min(len(q_shape), len(k_shape), len(v_shape)) < inner or q_shape[-1] != k_shape[-1] \
                or k_shape[-inner:-1] != v_shape[-inner:-1] or (self.enable_gqa and q_shape[-3] % k_shape[-3]):
            return None
        try:
            lead = np.broadcast_shapes(q_shape[:-inner], k_shape[:-inner], v_shape[:-inner])
        except ValueError:
            return None
        return (*lead, *q_shape[-inner:-1], k_shape[-2])

    def _grouped(self, x_shape: Shape, k_shape: Shape) -> Shape:
        """Return a shape in which heads of q lie on an axis behind that of the head of k and v that serves them."""
        if not self.enable_gqa or len(x_shape) < 3:
            return x_shape
        served = min(x_shape[-3], k_shape[-3])
        return (*x_shape[:-3], served, x_shape[-3] // served, *x_shape[-2:])


def _broadcasts(shape: Shape, wanted: Shape) -> bool:
    try:
        return np.broadcast_shapes(shape, wanted) == wanted
    except ValueError:
        return False
