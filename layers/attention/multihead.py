"""Multi-head attention: queries, keys and values projected into several heads, each of which attends on its own."""

import math
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import (
    Array,
    Description,
    Entry,
    Kept,
    Parameter,
    Shape,
    Share,
    Size,
    Tally,
    ValueRangeError,
    as_dtype,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_range,
    check_shape,
    check_size,
)
from ..init import xavier_normal_, xavier_uniform_, zeros_
from ..kernels import empty_like, matmul
from ..linear import Linear
from .attend import Attended, Rules, attend, attend_back, attended_kept, weights_shape, with_dropout
from .head_projections import HeadProjections
from .multihead_options import MultiheadOptions
from .tangent import AttendedTangent, attend_back_jvp, attend_jvp

__all__ = ["MultiheadAttention"]

_WHOLE = slice(None), slice(None)


class MultiheadCache(NamedTuple):
    """The inputs, their heads, the call of ``out_proj``, whether weights were averaged, how many options were given.

    ``packed`` is the memory of all heads where the three inputs are one array, projected by one product.
    """

    x: tuple[Array, Array, Array]
    packed: Array | None
    attended: Attended
    out_proj: Entry
    average: bool | None        # None where no weights went out
    given: int


class MultiheadTangent(NamedTuple):
    """The tangents of the inputs, of the attention and of ``out_proj``."""

    x: tuple[Array, ...]
    look: AttendedTangent
    out_proj: Any


class MultiheadAttention(HeadProjections):
    """Attention of several heads, ``y = out_proj(concat(dropout(weights) @ v))``, ``weights = softmax(scores + mask)``.

    ``scores = q @ k.T / sqrt(head_dim)`` and ``q, k, v = (x @ W.T + b for x in (query, key, value))``, cut into heads;
    each W and b is a third of ``in_proj_weight`` and ``in_proj_bias``. Arguments of ``forward`` as in torch, which
    returns (y, weights). Masks: True or -inf hides. A query that may look nowhere gets zeros, where torch gives NaN.

    Shapes:
        query, y: (L, N, embed_dim)    key: (S, N, kdim)    value: (S, N, vdim)    (N, L, …) with ``batch_first``
        weights:  (N, L, S), not averaged (N, num_heads, L, S); every N is missing where there is no batch
        key_padding_mask: (N, S)       attn_mask: (L, S) or (N * num_heads, L, S)

    Gradients:
        ``backward((grad_y, grad_weights))``, where either may be None, goes through ``out_proj``, then for each head as
        ScaledDotProductAttention, then grad_query = grad_q @ W, grad_W = grad_q.T @ query, grad_b = sum(grad_q), and
        so for key and value; None follows for each further argument that was given by position

    Source: Vaswani et al. 2017, section 3.2.2; torch.nn.MultiheadAttention.

    Example:
        >>> y, weights = MultiheadAttention(8, 2).forward(*[np.ones((5, 3, 8), np.float32)] * 3)
        >>> y.shape, weights.shape
        ((5, 3, 8), (3, 5, 5))
    """

    def __init__(self, embed_dim: Size, num_heads: Size, dropout: Share = 0.0, bias: bool = True,
                 add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: Size | None = None,
                 vdim: Size | None = None, batch_first: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        owner = "MultiheadAttention"
        self.embed_dim = check_size(embed_dim, "embed_dim", owner)
        self.num_heads = check_size(num_heads, "num_heads", owner)
        if embed_dim % num_heads:
            raise ValueRangeError(f"{owner} expected embed_dim as a multiple of num_heads, "
                                  f"got {embed_dim} and {num_heads}")
        self.head_dim = embed_dim // num_heads
        self.dropout = check_range(float(dropout), 0.0, 1.0, name="dropout", owner=owner)
        self.bias, self.add_bias_kv, self.add_zero_attn = bias, add_bias_kv, add_zero_attn
        self.kdim = check_size(embed_dim if kdim is None else kdim, "kdim", owner)
        self.vdim = check_size(embed_dim if vdim is None else vdim, "vdim", owner)
        self.batch_first = batch_first
        self.rng = rng
        self._extra = add_bias_kv + add_zero_attn       # keys and values that every query can look at

        def drawn(*shape: int) -> Parameter:
            return xavier_uniform_(Parameter(np.zeros(shape)), rng=rng)
        packed = self.kdim == self.vdim == embed_dim
        self.q_proj_weight = None if packed else drawn(embed_dim, embed_dim)
        self.k_proj_weight = None if packed else drawn(embed_dim, self.kdim)
        self.v_proj_weight = None if packed else drawn(embed_dim, self.vdim)
        self.in_proj_weight = drawn(3 * embed_dim, embed_dim) if packed else None
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim)) if bias else None
        self.bias_k, self.bias_v = (
            xavier_normal_(Parameter(np.zeros((1, 1, embed_dim))), rng=rng) if add_bias_kv else None for _ in "kv")
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        if self.out_proj.bias is not None:
            zeros_(self.out_proj.bias)

    def forward(self, query: Array, key: Array, value: Array, *given: Any, **named: Any) -> tuple[Array, Array | None]:
        self.cache = None
        options = MultiheadOptions(*given, **named)
        self._check(query, key, value, options)
        x, packed = (query, key, value), None
        if query is key and key is value and self.in_proj_weight is not None and not self._extra:
            packed = self._affine(query, self.in_proj_weight, *_WHOLE)
            q, k, v = self._thirds(packed)
        else:
            q, k, v = (self._heads(self._affine(each, *self._weight(part), self._third(part)))
                       for part, each in enumerate(x))
        k, v = self._lengthened(k, self.bias_k), self._lengthened(v, self.bias_v)
        bias = options.bias(weights_shape(q.shape, k.shape, v.shape), self._extra, q.dtype)
        rules = Rules(1 / math.sqrt(self.head_dim), bias, bool(options.is_causal) and not self._extra)
        if self.training:
            rules = with_dropout(rules, q, k, v, self.dropout, self.rng)
        y, weights, attended = attend(q, k, v, rules, need_weights=bool(options.need_weights))
        average = None if weights is None else bool(options.average_attn_weights)
        y, out_proj = call(self.out_proj, self._merged(y, query.ndim), at=(self, "out_proj"))
        self.cache = MultiheadCache(x, packed, attended, out_proj, average, len(given))
        if weights is not None and average:
            weights = weights.mean(axis=1)
        return y, weights[0] if weights is not None and query.ndim == 2 else weights

    def backward(self, grad_out: Any) -> tuple[Array | None, ...] | None:
        x, packed, attended, out_proj, average, given = self.saved()
        grad_y, grad_weights = grad_out if isinstance(grad_out, tuple) else (grad_out, None)
        if grad_y is None:
            grad_y = np.zeros_like(x[0])
        grad_y = call_back(self.out_proj, out_proj, grad_y, at=(self, "out_proj"))
        if grad_weights is not None:
            grad_weights = self._grad_of_heads(grad_weights, attended, x[0].ndim, average)
        weights = [self._weight(part) for part in range(3)]
        if packed is None:
            grads = self._split_back(x, attend_back(attended, self._heads(grad_y), grad_weights))
        else:
            grad = empty_like(packed)
            attend_back(attended, self._heads(grad_y), grad_weights, out=self._thirds(grad))
            self._learn(x[0], grad, weights[0][0], *_WHOLE)
            grads = [grad[..., self._third(part)] for part in range(3)]
        if not self.needs_input_grad:
            return None
        return (*(as_dtype(matmul(grad, weight.data[rows]), each.dtype)
                  for each, grad, (weight, rows) in zip(x, grads, weights, strict=True)), *(None,) * given)

    def jvp(self, *x_dot: Any) -> tuple[Array, Array | None]:
        x, _, attended, out_proj, average, _ = self.point()
        dots = tuple(np.zeros_like(each) if dot is None else dot for each, dot in zip(x, x_dot, strict=False))
        y_dot, weights_dot, look = attend_jvp(attended, (
            self._heads_dot(0, x[0], dots[0], None), self._heads_dot(1, x[1], dots[1], self.bias_k),
            self._heads_dot(2, x[2], dots[2], self.bias_v)))
        y_dot, out = call_jvp(self.out_proj, out_proj, self._merged(y_dot, x[0].ndim), at=(self, "out_proj"))
        self.tangent = MultiheadTangent(dots, look, out)
        if average is None:
            return y_dot, None
        if average:
            weights_dot = weights_dot.mean(axis=1)
        return y_dot, weights_dot[0] if x[0].ndim == 2 else weights_dot

    def backward_jvp(self, grad_out: Any, grad_out_dot: Any) -> tuple[Any, Any]:
        x, _, attended, out_proj, average, given = self.saved()
        dots, look, out = self.saved_tangent()
        upstream = [each if isinstance(each, tuple) else (each, None) for each in (grad_out, grad_out_dot)]
        pair = call_back_jvp(self.out_proj, out_proj, out, *(
            np.zeros_like(x[0]) if grad_y is None else grad_y for grad_y, _ in upstream), at=(self, "out_proj"))
        weights = [0.0 if grad is None else self._grad_of_heads(grad, attended, x[0].ndim, average)
                   for _, grad in upstream]
        heads, heads_dot = attend_back_jvp(attended, look, *map(self._heads, pair), *weights)
        grads = self._split_back(x, heads)
        grads_dot = [self._split_back_dot(part, (x[part], dots[part]), grads[part], heads_dot[part])
                     for part in range(3)]
        grads = [matmul(grad, weight.data[rows]) for grad, (weight, rows) in zip(
            grads, map(self._weight, range(3)), strict=True)]
        values, tangents = ((*(as_dtype(grad, each.dtype) for grad, each in zip(found, x, strict=True)),
                             *(None,) * given) for found in (grads, grads_dot))
        return values, tangents

    def describe(self, *x_shapes: Shape) -> Description:
        """The inputs and the heads are kept, but no weights; a boolean mask is kept as numbers."""
        query, key, value, *given = x_shapes
        options = MultiheadOptions(*(shape or None for shape in given))
        batch, length, source = self._check(query, key, value, options)
        shape = (batch, self.num_heads, length, source + self._extra)
        tally = Tally(self, x_shapes)
        rows = {"q": batch * length, "k": batch * shape[-1], "v": batch * shape[-1]}
        for kept in (*(Kept(name, prod(tally.shapes[name])) for name in tally.inputs[:3]),
                     *(Kept(name, count * self.embed_dim) for name, count in rows.items()),
                     *options.kept(shape, self._extra),
                     *attended_kept(shape, self.training and self.dropout > 0)):
            tally.kept[kept.name] = kept
        tally.multiply_adds = self.embed_dim * (prod(query) + prod(key) + prod(value) + 2 * batch * length * shape[-1])
        weights = (length, shape[-1]) if len(query) == 2 else (batch, length, shape[-1])
        for name, its_shape in (("heads", query), ("weights", weights)):
            tally.shapes[name], tally.fields[name], tally.memory[name] = its_shape, None, name
        return tally.result((*tally.add("out_proj", self.out_proj, ("heads",)), "weights"))

    def _check(self, query: Array | Shape, key: Array | Shape, value: Array | Shape,
               options: MultiheadOptions) -> tuple[int, int, int]:
        """Return the batch's size and the lengths of query and key, or raise ShapeError."""
        axes = len(query if isinstance(query, tuple) else np.shape(query))

        def sizes(x: Array | Shape, length: int | str, batch: int | str, width: int, name: str) -> Shape:
            template = (length, width) if axes == 2 else (batch, length, width) if self.batch_first \
                else (length, batch, width)
            check_shape(x, template, name=name, owner=self)
            shape = x if isinstance(x, tuple) else x.shape
            return (1, shape[0]) if axes == 2 else shape[:2] if self.batch_first else shape[1::-1]
        batch, length = sizes(query, "L", "N", self.embed_dim, "query")
        _, source = sizes(key, "S", batch, self.kdim, "key")
        sizes(value, source, batch, self.vdim, "value")
        options.check(None if axes == 2 else batch, self.num_heads, length, source, self)
        return batch, length, source
