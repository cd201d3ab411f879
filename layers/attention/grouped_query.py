"""Grouped-query attention: self-attention in which several heads of queries share the keys and values of one."""

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
    Shape,
    Share,
    Size,
    Tally,
    ValueRangeError,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_range,
    check_shape,
    check_size,
    total,
)
from ..linear import Linear
from .attend import Attended, Rules, attend, attend_back, attended_kept, with_dropout
from .rotary import RotaryPositions
from .tangent import attend_back_jvp, attend_jvp

__all__ = ["GroupedQueryAttention"]


class GroupedQueryCache(NamedTuple):
    """The calls of the projections and of the rotation, and the heads in between."""

    q_proj: Entry
    k_proj: Entry
    v_proj: Entry
    out_proj: Entry
    rotations: tuple[Entry | None, Entry | None]
    attended: Attended


class GroupedQueryAttention(Layer):
    """Self-attention with fewer keys than queries, ``y = out_proj(concat(dropout(weights) @ v))``.

    ``weights = softmax(q @ k.T / sqrt(head_dim))`` for each head, ``q = rotary(q_proj(x))``, ``k = rotary(k_proj(x))``,
    ``v = v_proj(x)``. Head h of q looks at head ``h * num_kv_heads // num_heads`` of k and v. With ``causal`` nobody
    looks at what comes behind; with ``rotary`` places are told apart by RotaryPositions(base).

    Shapes:
        x, y: (N, L, embed_dim) or (L, embed_dim)
        q:    (N, L, embed_dim), num_heads heads     k, v: (N, L, head_dim * num_kv_heads)

    Gradients:
        as ScaledDotProductAttention's for every head of q; those of k and v are summed over the heads that share them;
        grad_x = sum of what q_proj, k_proj and v_proj give back

    Cost: embed_dim * (2 * embed_dim + 2 * head_dim * num_kv_heads) + 2 * L * embed_dim multiply-adds for each place.

    Source: Ainslie et al. 2023; one head of keys is Shazeer's multi-query attention (2019).

    Example:
        >>> GroupedQueryAttention(16, 4, 2).forward(np.ones((3, 5, 16), np.float32)).shape
        (3, 5, 16)
    """

    def __init__(self, embed_dim: Size, num_heads: Size, num_kv_heads: Size, dropout: Share = 0.0, bias: bool = True,
                 causal: bool = True, rotary: bool = True, base: float = 10000.0, *,
                 rng: np.random.Generator | None = None) -> None:
        owner = "GroupedQueryAttention"
        self.embed_dim = check_size(embed_dim, "embed_dim", owner)
        self.num_heads = check_size(num_heads, "num_heads", owner)
        self.num_kv_heads = check_size(num_kv_heads, "num_kv_heads", owner)
        if embed_dim % num_heads or num_heads % num_kv_heads:
            raise ValueRangeError(f"{owner} expected embed_dim as a multiple of num_heads and that as a multiple of "
                                  f"num_kv_heads, got {embed_dim}, {num_heads} and {num_kv_heads}")
        self.head_dim = embed_dim // num_heads
        if rotary and self.head_dim % 2:
            raise ValueRangeError(f"{owner} expected an even number of features in each head to rotate, got "
                                  f"{self.head_dim}; choose another num_heads or rotary=False")
        self.dropout = check_range(float(dropout), 0.0, 1.0, name="dropout", owner=owner)
        self.bias, self.causal, self.base, self.rng = bias, causal, base, rng
        self.q_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        self.k_proj = Linear(embed_dim, self.head_dim * num_kv_heads, bias, rng=rng)
        self.v_proj = Linear(embed_dim, self.head_dim * num_kv_heads, bias, rng=rng)
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        self.rotary = rotary
        self.positions = RotaryPositions(base) if rotary else None

    def forward(self, x: Array) -> Array:
        self.cache = None
        self._check(x)
        q, q_proj = call(self.q_proj, x, at=(self, "q_proj"))
        k, k_proj = call(self.k_proj, x, at=(self, "k_proj"))
        v, v_proj = call(self.v_proj, x, at=(self, "v_proj"))
        (q, q_turn), (k, k_turn), v = self._turned(self._heads(q)), self._turned(self._heads(k)), self._heads(v)
        rules = Rules(1 / math.sqrt(self.head_dim), is_causal=self.causal)
        if self.training:
            rules = with_dropout(rules, q, k, v, self.dropout, self.rng)
        y, _, attended = attend(q, k, v, rules)
        y, out_proj = call(self.out_proj, self._merged(y, x.ndim), at=(self, "out_proj"))
        self.cache = GroupedQueryCache(q_proj, k_proj, v_proj, out_proj, (q_turn, k_turn), attended)
        return np.asarray(y)

    def backward(self, grad_out: Array) -> Array | None:
        q_proj, k_proj, v_proj, out_proj, (q_turn, k_turn), attended = self.saved()
        grad_y = call_back(self.out_proj, out_proj, grad_out, at=(self, "out_proj"))
        grad_q, grad_k, grad_v = attend_back(attended, self._heads(grad_y))
        grad_q, grad_k = self._turned_back(grad_q, q_turn), self._turned_back(grad_k, k_turn)
        return total(*(call_back(layer, entry, self._merged(grad, grad_out.ndim), at=(self, name),
                                 needs_input_grad=self.needs_input_grad)
                       for name, layer, entry, grad in (("q_proj", self.q_proj, q_proj, grad_q),
                                                        ("k_proj", self.k_proj, k_proj, grad_k),
                                                        ("v_proj", self.v_proj, v_proj, grad_v))))

    def jvp(self, x_dot: Array | None) -> Array:
        q_proj, k_proj, v_proj, out_proj, turns, attended = self.point()
        heads_dot, projected, turned = [], [], []
        for name, entry, turn, head in zip("qkv", (q_proj, k_proj, v_proj), (*turns, None), attended[:3], strict=True):
            dot, tangent = call_jvp(entry.layer, entry, x_dot, at=(self, f"{name}_proj"))
            projected.append(tangent)
            dot = np.zeros_like(head) if dot is None else self._heads(dot)
            if turn is not None:
                dot, tangent = call_jvp(turn.layer, turn, dot, at=(self, "positions"))
                turned.append(tangent)
            heads_dot.append(dot)
        y_dot, _, look = attend_jvp(attended, (heads_dot[0], heads_dot[1], heads_dot[2]))
        y_dot, out = call_jvp(self.out_proj, out_proj, self._merged(y_dot, out_proj.cache.ndim), at=(self, "out_proj"))
        self.tangent = (tuple(projected), tuple(turned) or (None, None), look, out)
        return np.asarray(y_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        q_proj, k_proj, v_proj, out_proj, turns, attended = self.saved()
        projected, turned, look, out = self.saved_tangent()
        pair = call_back_jvp(self.out_proj, out_proj, out, grad_out,
                             np.zeros_like(grad_out) if grad_out_dot is None else grad_out_dot, at=(self, "out_proj"))
        grads, dots = attend_back_jvp(attended, look, *map(self._heads, pair))
        found = []
        for name, entry, tangent, turn, turn_tangent, grad, dot in zip(
                "qkv", (q_proj, k_proj, v_proj), projected, (*turns, None), (*turned, None), grads, dots, strict=True):
            if turn is not None:
                grad, dot = call_back_jvp(turn.layer, turn, turn_tangent, grad, dot, at=(self, "positions"))
            found.append(call_back_jvp(entry.layer, entry, tangent, self._merged(grad, grad_out.ndim),
                                       self._merged(dot, grad_out.ndim), at=(self, f"{name}_proj")))
        return total(*(grad for grad, _ in found)), total(*(dot for _, dot in found))

    def describe(self, *x_shapes: Shape) -> Description:
        """The input and the heads are kept, but no weights."""
        (x_shape,) = x_shapes
        self._check(x_shape)
        *batch, length, _ = x_shape
        shape = (prod(batch), self.num_heads, length, length)
        tally = Tally(self, x_shapes)
        for name, layer in (("q", self.q_proj), ("k", self.k_proj), ("v", self.v_proj)):
            (y,) = tally.add(f"{name}_proj", layer, tally.inputs)
            heads = self._heads_shape(tally.shapes[y])
            tally.kept[name] = Kept(name, prod(heads))
            if self.positions is not None and name != "v":
                tally.shapes[name], tally.fields[name], tally.memory[name] = heads, None, name
                tally.add("positions", self.positions, (name,))
        for kept in attended_kept(shape, self.training and self.dropout > 0):
            tally.kept[kept.name] = kept
        tally.multiply_adds += 2 * prod(shape) * self.head_dim
        tally.shapes["heads"], tally.fields["heads"], tally.memory["heads"] = x_shape, None, "heads"
        return tally.result(tally.add("out_proj", self.out_proj, ("heads",)))

    def _check(self, x: Array | Shape) -> None:
        axes = len(x) if isinstance(x, tuple) else np.ndim(x)
        template: tuple[Any, ...] = ("L", self.embed_dim) if axes == 2 else ("N", "L", self.embed_dim)
        check_shape(x, template, name="x", owner=self)

    def _heads_shape(self, y_shape: Shape) -> Shape:
        *batch, length, width = y_shape
        return (prod(batch), self.num_kv_heads, width // self.head_dim // self.num_kv_heads, length, self.head_dim)

    def _heads(self, y: Array) -> Array:
        batch, kv_heads, group, length, width = self._heads_shape(y.shape)
        return y.reshape(batch, length, kv_heads, group, width).transpose(0, 2, 3, 1, 4)

    def _merged(self, heads: Array, axes: int) -> Array:
        y = heads.transpose(0, 3, 1, 2, 4)      # (N, kv heads, group, L, width) -> (N, L, kv heads, group, width)
        y = y.reshape(*y.shape[:2], prod(y.shape[2:]))
        return y[0] if axes == 2 else y

    def _turned(self, heads: Array) -> tuple[Array, Entry | None]:
        return (heads, None) if self.positions is None else call(
            self.positions, heads, at=(self, "positions"))

    def _turned_back(self, grad: Array, entry: Entry | None) -> Array:
        if self.positions is None or entry is None:
            return grad
        return np.asarray(call_back(self.positions, entry, grad, at=(self, "positions")))
