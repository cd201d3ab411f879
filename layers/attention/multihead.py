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
    Layer,
    Parameter,
    Shape,
    Tally,
    ValueRangeError,
    as_dtype,
    call,
    call_back,
    check_range,
    check_shape,
    check_size,
    total,
)
from ..init import xavier_normal_, xavier_uniform_, zeros_
from ..kernels import add_matmul
from ..linear import Linear
from .attend import Attended, Rules, attend, attend_back, attended_kept, weights_shape, with_dropout
from .masks import additive_mask, causal_mask, check_mask

__all__ = ["MultiheadAttention"]


class MultiheadOptions(NamedTuple):
    """What a call may say beside query, key and value; in ``describe``, shapes, with () for what is not given."""

    key_padding_mask: Any = None
    need_weights: Any = True
    attn_mask: Any = None
    average_attn_weights: Any = True
    is_causal: Any = False


class MultiheadCache(NamedTuple):
    """The inputs, the heads and their rules, the call of ``out_proj``, and what was asked for."""

    x: tuple[Array, Array, Array]
    attended: Attended
    out_proj: Entry
    average: bool
    given: int


class MultiheadAttention(Layer):
    """Attention of several heads, ``out_proj(concat(dropout(softmax(q @ k.T / sqrt(head_dim) + mask)) @ v))``.

    ``q, k, v = (x @ W.T + b for x in (query, key, value))``, cut into heads; W and b are thirds of ``in_proj_weight``
    and ``in_proj_bias``. ``forward(query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None,
    average_attn_weights=True, is_causal=False)`` returns the output and the weights (or None). In boolean masks True
    means: ignore; numbers are added. ``is_causal`` alone suffices. A query that may look nowhere gets zeros.

    Shapes:
        query: (L, N, embed_dim)    key: (S, N, kdim)    value: (S, N, vdim)    weights: (N, L, S) or (N, num_heads, L, S)
        with ``batch_first`` N comes first; without a batch there is no N; key_padding_mask: (N, S)
        attn_mask: (L, S) or (N * num_heads, L, S)

    Gradients:
        ``backward((grad_y, grad_weights))``, either may be None, goes back through ``out_proj`` and attend_back, then
        grad_query = grad_q @ W,  grad_W = grad_q.T @ query,  grad_b = sum(grad_q), and so for key and value

    Source: Vaswani et al. 2017, section 3.2.2; torch.nn.MultiheadAttention. Masks given by position get None.

    Example:
        >>> y, weights = MultiheadAttention(8, 2).forward(*[np.ones((5, 3, 8), np.float32)] * 3)
        >>> y.shape, weights.shape
        ((5, 3, 8), (3, 5, 5))
    """

    def __init__(self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True,
                 add_bias_kv: bool = False, add_zero_attn: bool = False, kdim: int | None = None,
                 vdim: int | None = None, batch_first: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        owner = "MultiheadAttention"
        self.embed_dim = check_size(embed_dim, "embed_dim", owner)
        self.num_heads = check_size(num_heads, "num_heads", owner)
        if embed_dim % num_heads:
            raise ValueRangeError(f"{owner} expected embed_dim as a multiple of num_heads, got {embed_dim} and {num_heads}")
        self.dropout = check_range(float(dropout), 0.0, 1.0, name="dropout", owner=owner)
        self.bias, self.add_bias_kv, self.add_zero_attn = bias, add_bias_kv, add_zero_attn
        self.kdim = embed_dim if kdim is None else check_size(kdim, "kdim", owner)
        self.vdim = embed_dim if vdim is None else check_size(vdim, "vdim", owner)
        self.batch_first = batch_first
        self.rng = rng
        sizes = (embed_dim, self.kdim, self.vdim)
        packed = len(set(sizes)) == 1
        self.q_proj_weight, self.k_proj_weight, self.v_proj_weight = (
            None if packed else _drawn((embed_dim, size), rng) for size in sizes)
        self.in_proj_weight = _drawn((3 * embed_dim, embed_dim), rng) if packed else None
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim)) if bias else None
        self.bias_k, self.bias_v = (
            xavier_normal_(Parameter(np.zeros((1, 1, embed_dim))), rng=rng) if add_bias_kv else None for _ in "kv")
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        if self.out_proj.bias is not None:
            zeros_(self.out_proj.bias)

    def forward(self, query: Array, key: Array, value: Array, *given: Any, **named: Any) -> tuple[Array, Array | None]:
        self.cache = None
        asked = MultiheadOptions(*given, **named)
        self._check(query, key, value, asked)
        q, k, v = (self._heads(self._projected(x, part)) for part, x in enumerate((query, key, value)))
        bias = self._additive(asked, len(q), q.shape[2], k.shape[2], q.dtype)
        k, v = self._lengthened(k, self.bias_k), self._lengthened(v, self.bias_v)
        rules = Rules(1 / math.sqrt(q.shape[-1]), bias, bool(asked.is_causal) and not self._extra)
        if self.training:
            rules = with_dropout(rules, weights_shape(q.shape, k.shape, v.shape), self.dropout, self.rng)
        y, weights, attended = attend(q, k, v, rules, need_weights=bool(asked.need_weights))
        y, out_proj = call(self.out_proj, self._merged(y, query.ndim), at=(self, "out_proj"))
        self.cache = MultiheadCache((query, key, value), attended, out_proj, bool(asked.average_attn_weights), len(given))
        if weights is not None and asked.average_attn_weights:
            weights = weights.mean(axis=1)
        return y, weights[0] if weights is not None and query.ndim == 2 else weights

    def backward(self, grad_out: Any) -> tuple[Array | None, ...] | None:
        x, attended, out_proj, average, given = self.saved()
        grad_y, grad_weights = grad_out if isinstance(grad_out, tuple) else (grad_out, None)
        if grad_y is None:
            grad_y = np.zeros_like(x[0])
        grad_y = call_back(self.out_proj, out_proj, grad_y, at=(self, "out_proj"))
        if grad_weights is not None:
            grad_weights = self._grad_weights(grad_weights, attended, x[0].ndim, average)
        grads = attend_back(attended, self._heads(grad_y), grad_weights)
        source = grads[1].shape[2] - self._extra
        for parameter, grad in ((self.bias_k, grads[1]), (self.bias_v, grads[2])):
            if parameter is not None and parameter.requires_grad:
                parameter.grad += grad[:, :, source].sum(axis=0).reshape(parameter.shape)
        grads_x = [self._project_back(each, self._merged(grad if part == 0 else grad[:, :, :source], each.ndim), part)
                   for part, (each, grad) in enumerate(zip(x, grads, strict=True))]
        return (*grads_x, *(None,) * given) if self.needs_input_grad else None

    def describe(self, *x_shapes: Shape) -> Description:
        """The inputs and the heads are kept, but no weights; a boolean mask is kept as numbers."""
        asked = MultiheadOptions(*(shape or None for shape in x_shapes[3:]))
        batch, length, source = self._check(*x_shapes[:3], asked)
        shape = (batch, self.num_heads, length, source + self._extra)
        mine = {"q": batch * length, "k": batch * shape[-1], "v": batch * shape[-1]}
        tally = Tally(self, x_shapes)
        for kept in (*(Kept(f"x{part}", prod(x_shape)) for part, x_shape in enumerate(x_shapes[:3])),
                     *(Kept(name, rows * self.embed_dim) for name, rows in mine.items()),
                     *self._kept_mask(asked, shape), *attended_kept(shape, self.training and self.dropout > 0)):
            tally.kept[kept.name] = kept
        tally.multiply_adds = sum(prod(x_shape) * self.embed_dim for x_shape in x_shapes[:3]) \
            + 2 * batch * length * shape[-1] * self.embed_dim
        weights = (batch, length, shape[-1]) if len(x_shapes[0]) == 3 else (length, shape[-1])
        for name, its_shape in (("heads", (*x_shapes[0][:-1], self.embed_dim)), ("weights", weights)):
            tally.shapes[name], tally.fields[name], tally.memory[name] = its_shape, None, name
        return tally.result((*tally.add("out_proj", self.out_proj, ("heads",)), "weights"))

    @property
    def _extra(self) -> int:
        """How many keys and values every query can look at beside those given."""
        return self.add_bias_kv + self.add_zero_attn

    def _weight(self, part: int) -> tuple[Parameter, slice]:
        """Return where the weight of query (0), key (1) or value (2) stands: a parameter and rows of it."""
        weights = [each for each in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
                   if each is not None]
        return (weights[0], self._third(part)) if len(weights) == 1 else (weights[part], slice(None))

    def _third(self, part: int) -> slice:
        return slice(part * self.embed_dim, (part + 1) * self.embed_dim)

    def _projected(self, x: Array, part: int) -> Array:
        weight, rows = self._weight(part)
        y = as_dtype(x, weight.dtype).reshape(-1, x.shape[-1]) @ weight.data[rows].T
        if self.in_proj_bias is not None:
            y += self.in_proj_bias.data[self._third(part)]
        return y.reshape(*x.shape[:-1], self.embed_dim)

    def _project_back(self, x: Array, grad: Array, part: int) -> Array | None:
        weight, rows = self._weight(part)
        grad_rows = grad.reshape(-1, self.embed_dim)
        if weight.requires_grad:
            add_matmul(weight.grad[rows], grad_rows.T, x.reshape(-1, x.shape[-1]))
        if self.in_proj_bias is not None and self.in_proj_bias.requires_grad:
            self.in_proj_bias.grad[self._third(part)] += grad_rows.sum(axis=0)
        return as_dtype((grad_rows @ weight.data[rows]).reshape(x.shape), x.dtype) if self.needs_input_grad else None

    def _heads(self, x: Array) -> Array:
        x = x[None] if x.ndim == 2 else x if self.batch_first else x.swapaxes(0, 1)
        return x.reshape(*x.shape[:-1], self.num_heads, -1).swapaxes(1, 2)      # (N, L, H·E) -> (N, H, L, E)

    def _merged(self, heads: Array, axes: int) -> Array:
        x = heads.swapaxes(1, 2).reshape(heads.shape[0], heads.shape[2], self.embed_dim)
        return x[0] if axes == 2 else x if self.batch_first else x.swapaxes(0, 1)

    def _lengthened(self, heads: Array, bias: Parameter | None) -> Array:
        """Return keys or values with those behind them that every query can look at."""
        batch, _, _, width = heads.shape
        more = (batch, self.num_heads, 1, width)
        ends = [] if bias is None else [np.broadcast_to(bias.data.reshape(1, self.num_heads, 1, width), more)]
        ends += [np.zeros(more, heads.dtype)] if self.add_zero_attn else []
        return np.concatenate([heads, *ends], axis=2) if ends else heads

    def _additive(self, asked: MultiheadOptions, batch: int, length: int, source: int,
                  dtype: np.dtype[Any]) -> Array | None:
        """Return all masks as one, which broadcasts to the weights' shape."""
        padding, mask = (None if each is None else additive_mask(each, dtype, true_means="ignore")
                         for each in (asked.key_padding_mask, asked.attn_mask))
        if mask is not None and mask.ndim == 3:
            mask = mask.reshape(batch, self.num_heads, length, source)
        hidden = causal_mask(length, source, dtype) if asked.is_causal and self._extra else None
        bias = total(None if padding is None else padding.reshape(batch, 1, 1, source), mask, hidden)
        if bias is None or not self._extra:
            return bias
        return np.concatenate([bias, np.zeros((*bias.shape[:-1], self._extra), dtype)], axis=-1)

    def _kept_mask(self, asked: MultiheadOptions, shape: Shape) -> tuple[Kept, ...]:
        """Return what ``_additive`` keeps, given the shapes of masks: one of them, or an array of its own."""
        padding, mask = asked.key_padding_mask, asked.attn_mask
        if padding is None and mask is None:
            return ()
        if not self._extra and (padding is None or mask is None):
            return (Kept("x3", prod(padding)) if mask is None else Kept("x5", prod(mask)),)
        rows = 1 if mask is None else shape[2]
        heads = 1 if mask is None or len(mask) == 2 else shape[1]
        return (Kept("bias", (1 if padding is None and heads == 1 else shape[0]) * heads * rows * shape[3]),)

    def _grad_weights(self, grad: Array, attended: Attended, axes: int, average: bool) -> Array:
        """Return the gradient of the weights as given out as one that broadcasts to that of all heads' weights."""
        batch, heads, length, source = weights_shape(attended.q.shape, attended.k.shape, attended.v.shape)
        shape: Shape = (length, source) if average else (heads, length, source)
        check_shape(grad, shape if axes == 2 else (batch, *shape), name="grad_weights", owner=self)
        grad = as_dtype(grad.reshape(batch, -1, length, source), attended.q.dtype)
        return grad / heads if average else grad

    def _check(self, query: Array | Shape, key: Array | Shape, value: Array | Shape,
               asked: MultiheadOptions) -> tuple[int, int, int]:
        """Return the batch's size and the lengths of query and key, or raise ShapeError."""
        shape = query if isinstance(query, tuple) else np.shape(query)

        def template(length: int | str, batch: int | str, width: int) -> tuple[int | str, ...]:
            return (length, width) if len(shape) == 2 else (batch, length, width) if self.batch_first else \
                (length, batch, width)
        check_shape(query, template("L", "N", self.embed_dim), name="query", owner=self)
        batch = 1 if len(shape) == 2 else shape[0 if self.batch_first else 1]
        length = shape[0 if len(shape) == 2 or not self.batch_first else 1]
        check_shape(key, template("S", batch, self.kdim), name="key", owner=self)
        key_shape = key if isinstance(key, tuple) else key.shape
        source = key_shape[0 if len(shape) == 2 or not self.batch_first else 1]
        check_shape(value, template(source, batch, self.vdim), name="value", owner=self)
        if asked.key_padding_mask is not None:
            check_mask(asked.key_padding_mask, (source,) if len(shape) == 2 else (batch, source),
                       name="key_padding_mask", owner=self)
        if asked.attn_mask is not None:
            check_mask(asked.attn_mask, (length, source), (batch * self.num_heads, length, source), name="attn_mask",
                       owner=self)
        return batch, length, source


def _drawn(shape: Shape, rng: np.random.Generator | None) -> Parameter:
    return xavier_uniform_(Parameter(np.zeros(shape)), rng=rng)
