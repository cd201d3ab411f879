"""Attention and positions, in matrix products, a softmax, and tables."""

import math
from typing import Any

import numpy as np

from .... import layers
from ....layers.attention.added_positions import AddedPositions
from ....layers.core import Layer
from .affine import project
from .writer import Exporter, Value, Writer

__all__ = ["ATTENTION"]


def _attend(w: Writer, q: Any, k: Any, v: Any, scale: float, rank: int, bias: Any = None) -> tuple[Any, Any]:
    """Write ``softmax(scale * q @ k.T + bias) @ v``; return it and the weights."""
    perm = (*range(rank - 2), rank - 1, rank - 2)
    scores = w.add("MatMul", w.scaled(q, scale), w.transpose(k, *perm))
    weights = w.add("Softmax", w.add("Add", scores, bias) if bias else scores, axis=-1)
    return w.add("MatMul", weights, v), weights


def _hidden(w: Writer, length: int, source: int) -> str:
    """Return the mask that hides from every place those behind it."""
    return w.constant(np.where(np.tri(length, source, dtype=bool), 0.0, -np.inf))


def _sum(w: Writer, *terms: Any) -> Any:
    given = [term for term in terms if term]
    return None if not given else given[0] if len(given) == 1 else w.add("Sum", *given)


def _dot_product(w: Writer, layer: Any, q: Value, k: Value, v: Value, mask: Value | None = None) -> Any:
    scale = 1 / math.sqrt(q.shape[-1]) if layer.scale is None else layer.scale
    bias = _sum(w, _hidden(w, q.shape[-2], k.shape[-2]) if layer.is_causal else None, mask)
    if not layer.enable_gqa or len(q.shape) < 3:
        return _attend(w, q, k, v, scale, max(len(q.shape), len(k.shape)), bias)[0]
    if mask is not None:
        raise w.refuse(layer, "a mask together with enable_gqa has no exporter")
    served = k.sizes[-3]            # heads of q behind the head of k and v that serves them
    grouped = w.reshape(q, *q.sizes[:-3], served, q.sizes[-3] // served, *q.sizes[-2:])
    k_wide, v_wide = (w.add("Unsqueeze", each, w.whole(len(q.shape) - 2)) for each in (k, v))
    y, _ = _attend(w, grouped, k_wide, v_wide, scale, len(q.shape) + 1, bias)
    return w.reshape(y, *q.sizes[:-1], v.shape[-1])


def _multihead(w: Writer, layer: Any, query: Value, key: Value, value: Value, *given: Any) -> tuple[Any, Any]:
    padding, mask = (*given, None)[0], None if len(given) < 3 else given[2]
    if layer.add_bias_kv or layer.add_zero_attn:
        raise w.refuse(layer, "add_bias_kv and add_zero_attn have no exporter")
    if len(query.shape) != 3:
        raise w.refuse(layer, "it is written for inputs with a batch axis")
    embed, heads, width = layer.embed_dim, layer.num_heads, layer.head_dim
    length_axis = 1 if layer.batch_first else 0

    def split(x: Any, length: int, *perm: int) -> str:      # (N, L, E) or (L, N, E) -> (N, H, L, E / H)
        sizes = (-1, length, heads, width) if layer.batch_first else (length, -1, heads, width)
        return w.transpose(w.reshape(x, *sizes), *((0, 2, 1, 3) if layer.batch_first else (1, 2, 0, 3)))

    inputs, lengths = (query, key, value), [x.shape[length_axis] for x in (query, key, value)]
    if layer.in_proj_weight is not None:
        packed = w.weight(layer.in_proj_weight)
        bias = "" if layer.in_proj_bias is None else w.weight(layer.in_proj_bias)
        if query.name == key.name == value.name:
            thirds = w.add("Split", project(w, query, packed, bias), outputs=3, axis=-1, num_outputs=3)
        else:
            parts = zip(inputs, _thirds(w, packed), _thirds(w, bias), strict=True)
            thirds = [project(w, x, weight, part) for x, weight, part in parts]
    else:
        bias = "" if layer.in_proj_bias is None else w.weight(layer.in_proj_bias)
        weights = (layer.q_proj_weight, layer.k_proj_weight, layer.v_proj_weight)
        thirds = [project(w, x, w.weight(weight), part) for x, weight, part in
                  zip(inputs, weights, _thirds(w, bias), strict=True)]
    q, k, v = (split(x, length) for x, length in zip(thirds, lengths, strict=True))
    rows = None if padding is None else w.add("Unsqueeze", padding, w.whole(1, 2))      # (N, S) -> (N, 1, 1, S)
    y, weights_out = _attend(w, q, k, v, 1 / math.sqrt(width), 4, _sum(w, rows, mask))
    merged = w.transpose(y, *((0, 2, 1, 3) if layer.batch_first else (2, 0, 1, 3)))
    sizes = (-1, lengths[0], embed) if layer.batch_first else (lengths[0], -1, embed)
    joined = query._replace(name=w.reshape(merged, *sizes), shape=(*query.shape[:-1], embed),
                            larger=(*query.larger[:-1], embed))
    result, = w.layer("out_proj", layer.out_proj, joined)
    return result, w.add("ReduceMean", weights_out, w.whole(1), keepdims=0)


def _thirds(w: Writer, packed: str) -> Any:
    """Return the parts of a weight or bias for query, key and value; nothing of nothing."""
    return w.add("Split", packed, outputs=3, axis=0, num_outputs=3) if packed else ("", "", "")


def _grouped(w: Writer, layer: Any, x: Value) -> Any:
    if len(x.shape) != 3:
        raise w.refuse(layer, "it is written for inputs with a batch axis")
    batch, length, _ = x.sizes
    shared = layer.num_kv_heads
    heads = []
    for name, count in (("q_proj", layer.num_heads), ("k_proj", shared), ("v_proj", shared)):
        y, = w.layer(name, getattr(layer, name), x)
        split = w.reshape(y, batch, length, shared, count // shared, layer.head_dim)
        heads.append(w.transpose(split, 0, 2, 3, 1, 4))          # (N, L, Hkv, G, E) -> (N, Hkv, G, L, E)
    if layer.positions is not None:
        heads[:2] = [_turned(w, layer.positions, each, length, layer.head_dim, 5) for each in heads[:2]]
    bias = _hidden(w, length, length) if layer.causal else None
    q, k, v = heads
    y, _ = _attend(w, q, k, v, 1 / math.sqrt(layer.head_dim), 5, bias)
    merged = w.reshape(w.transpose(y, 0, 3, 1, 2, 4), batch, length, layer.embed_dim)
    return w.layer("out_proj", layer.out_proj, x._replace(name=merged))


def _turned(w: Writer, layer: Any, x: Any, length: int, features: int, rank: int) -> Any:
    """Write ``x * cos + turned(x) * sin``, where ``turned`` swaps the two of a pair and negates the first."""
    ones = np.ones((length, features))
    probe = type(layer)(layer.base, layer.interleaved, -2)
    both = probe.forward(ones)
    half = features // 2
    first = np.arange(features) % 2 == 0 if layer.interleaved else np.arange(features) < half
    partner = np.arange(features) + np.where(first, 1, -1) * (1 if layer.interleaved else half)
    cos = (both + both[:, partner]) / 2             # of a pair (cos - sin, cos + sin)
    sin = both - cos
    shape = [1] * rank
    shape[layer.dim], shape[-1] = length, features
    swapped = w.add("Gather", x, w.constant(partner, np.int64), axis=-1)
    return w.add("Add", w.add("Mul", x, w.constant(cos.reshape(shape))),
                 w.add("Mul", swapped, w.constant(sin.reshape(shape))))


def _rotary(w: Writer, layer: Any, x: Value) -> Any:
    return _turned(w, layer, x, x.shape[layer.dim], x.shape[-1], len(x.shape))


def _added(w: Writer, layer: Any, x: Value) -> Any:
    length, features, rank = x.shape[layer.dim], x.shape[-1], len(x.shape)
    if layer.weight is None:
        table = w.constant(layer.table(length, features))
    else:
        table = w.weight(layer.weight)
        if length < layer.max_len:
            table = w.add("Slice", table, w.whole(0), w.whole(length), w.whole(0))
    shape = [1] * rank
    shape[layer.dim], shape[-1] = length, features
    dim = layer.dim % rank
    return w.add("Add", x, table if dim == rank - 2 else w.reshape(table, *shape))


ATTENTION: dict[type[Layer], Exporter] = {
    AddedPositions: _added, layers.GroupedQueryAttention: _grouped, layers.MultiheadAttention: _multihead,
    layers.RotaryPositions: _rotary, layers.ScaledDotProductAttention: _dot_product,
}
