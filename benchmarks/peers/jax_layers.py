"""Layers as functions of JAX; weights are found in a flat dict by the names of a PyTorch state dict."""

import math

import jax
import jax.numpy as jnp
from jax import lax

from .. import specs

__all__ = ["apply"]

Tree = dict[str, jax.Array]
WINDOW = ("NHWC", "OIHW", "NHWC")


def apply(network: specs.Network, params: Tree, buffers: Tree, x: tuple[jax.Array, ...], updates: Tree | None,
          prefix: str = "") -> jax.Array:
    """Return the output of a network; ``updates`` takes the new running statistics in training, None: evaluation."""
    for index, spec in enumerate(network):
        x = (_layer(spec, params, buffers, x, updates, f"{prefix}{index}."),)
    return x[0]


def _layer(spec: specs.Spec, params: Tree, buffers: Tree, xs: tuple[jax.Array, ...], updates: Tree | None,
           at: str) -> jax.Array:
    x = xs[0]
    match spec:
        case specs.Linear():
            return x @ params[at + "weight"].T + params[at + "bias"]
        case specs.Conv():
            y = lax.conv_general_dilated(x, params[at + "weight"], (spec.stride,) * 2, [(spec.padding,) * 2] * 2,
                                         feature_group_count=spec.groups, dimension_numbers=WINDOW)
            return y + params[at + "bias"] if spec.bias else y
        case specs.BatchNorm():
            return _batch_norm(x, params, buffers, updates, at)
        case specs.LayerNorm():
            return _layer_norm(x, params, at)
        case specs.ReLU():
            return jax.nn.relu(x)
        case specs.Sigmoid():
            return jax.nn.sigmoid(x)
        case specs.MaxPool(size):
            return lax.reduce_window(x, -jnp.inf, lax.max, (1, size, size, 1), (1, size, size, 1), "VALID")
        case specs.AvgPool(size):
            return lax.reduce_window(x, 0.0, lax.add, (1, size, size, 1), (1, size, size, 1), "VALID") / size**2
        case specs.Flatten(start, end):
            x = x.transpose(0, 3, 1, 2) if x.ndim == 4 else x
            stop = end % x.ndim + 1
            return x.reshape(*x.shape[:start], -1, *x.shape[stop:])
        case specs.Residual(branch, shortcut):
            return (apply(branch, params, buffers, xs, updates, at + "branch.")
                    + apply(shortcut, params, buffers, xs, updates, at + "shortcut."))
        case specs.Embedding():
            return params[at + "weight"][x]
        case specs.Positions():
            return x + params[at + "weight"][:x.shape[1]]
        case specs.GRU(_, hidden):
            return _gru(x, params, at + "0.", hidden)
        case specs.LSTM(_, hidden):
            return _lstm(x, params, at + "0.", hidden)
        case specs.Attention():
            return _attend(*xs)
        case specs.Block():
            return _block(x, params, at, spec.heads)
    raise NotImplementedError(f"no function for {spec}")


def _batch_norm(x: jax.Array, params: Tree, buffers: Tree, updates: Tree | None, at: str) -> jax.Array:
    if updates is None:
        mean, var = buffers[at + "running_mean"], buffers[at + "running_var"]
    else:
        mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
        count = x.size // x.shape[-1]
        for name, value in (("running_mean", mean), ("running_var", var * count / (count - 1))):
            if at + name in buffers:
                updates[at + name] = 0.9 * buffers[at + name] + 0.1 * value
    return (x - mean) * (lax.rsqrt(var + 1e-5) * params[at + "weight"]) + params[at + "bias"]


def _layer_norm(x: jax.Array, params: Tree, at: str) -> jax.Array:
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(var + 1e-5) * params[at + "weight"] + params[at + "bias"]


def _lstm(x: jax.Array, params: Tree, at: str, hidden: int) -> jax.Array:
    gates_x = x @ params[at + "weight_ih_l0"].T + params[at + "bias_ih_l0"] + params[at + "bias_hh_l0"]
    weight = params[at + "weight_hh_l0"].T

    def step(state: tuple[jax.Array, jax.Array], gates: jax.Array) -> tuple[tuple[jax.Array, jax.Array], None]:
        h, c = state
        i, f, g, o = jnp.split(gates + h @ weight, 4, axis=1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    zero = jnp.zeros((x.shape[1], hidden), x.dtype)
    (h, _), _ = lax.scan(step, (zero, zero), gates_x)
    return h[None]


def _gru(x: jax.Array, params: Tree, at: str, hidden: int) -> jax.Array:
    gates_x = x @ params[at + "weight_ih_l0"].T + params[at + "bias_ih_l0"]
    weight, bias = params[at + "weight_hh_l0"].T, params[at + "bias_hh_l0"]

    def step(h: jax.Array, gates: jax.Array) -> tuple[jax.Array, None]:
        r_x, z_x, n_x = jnp.split(gates, 3, axis=1)
        r_h, z_h, n_h = jnp.split(h @ weight + bias, 3, axis=1)
        z, n = jax.nn.sigmoid(z_x + z_h), jnp.tanh(n_x + jax.nn.sigmoid(r_x + r_h) * n_h)
        return (1 - z) * n + z * h, None

    h, _ = lax.scan(step, jnp.zeros((x.shape[1], hidden), x.dtype), gates_x)
    return h[None]


def _attend(q: jax.Array, k: jax.Array, v: jax.Array) -> jax.Array:
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    seen = jnp.tril(jnp.ones(scores.shape[-2:], bool))
    return jax.nn.softmax(jnp.where(seen, scores, -jnp.inf)) @ v


def _block(x: jax.Array, params: Tree, at: str, heads: int) -> jax.Array:
    normed = _layer_norm(x, params, at + "norm1.")
    qkv = normed @ params[at + "self_attn.in_proj_weight"].T + params[at + "self_attn.in_proj_bias"]
    # (N, T, 3·width) -> 3 of (N, heads, T, width / heads)
    q, k, v = (part.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2) for part in jnp.split(qkv, 3, axis=-1))
    attended = _attend(q, k, v).swapaxes(1, 2).reshape(x.shape)
    x = x + attended @ params[at + "self_attn.out_proj.weight"].T + params[at + "self_attn.out_proj.bias"]
    hidden = _layer_norm(x, params, at + "norm2.") @ params[at + "linear1.weight"].T + params[at + "linear1.bias"]
    hidden = jax.nn.gelu(hidden, approximate=False)
    return x + hidden @ params[at + "linear2.weight"].T + params[at + "linear2.bias"]
