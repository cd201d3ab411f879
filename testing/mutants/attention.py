"""Wrong backwards of attention and of positions."""

from typing import Any

import numpy as np

from ...layers import (
    ClassToken,
    GroupedQueryAttention,
    LearnedPositions,
    MultiheadAttention,
    RotaryPositions,
    ScaledDotProductAttention,
    SinusoidalPositions,
)
from ...layers.core import Array, Shape
from .mutant import Subject, each, with_methods

__all__ = ["SUBJECTS"]

plain = Subject(ScaledDotProductAttention, ScaledDotProductAttention, ((2, 4, 3), (2, 5, 3), (2, 5, 3)))
causal = Subject(ScaledDotProductAttention, lambda: ScaledDotProductAttention(0.3, is_causal=True),
                 ((2, 4, 3), (2, 4, 3), (2, 4, 3)))
heads = Subject(MultiheadAttention, lambda: MultiheadAttention(6, 2, batch_first=True, add_bias_kv=True),
                ((2, 4, 6), (2, 5, 6), (2, 5, 6)))
grouped = Subject(GroupedQueryAttention, lambda: GroupedQueryAttention(8, 4, 2), ((2, 4, 8),))
rotary = Subject(RotaryPositions, lambda: RotaryPositions(10.0), ((2, 4, 6),))
learned = Subject(LearnedPositions, lambda: LearnedPositions(6, 3), ((2, 4, 3),))
waves = Subject(SinusoidalPositions, SinusoidalPositions, ((2, 4, 3),))
token = Subject(ClassToken, lambda: ClassToken(3), ((2, 4, 3),))

SUBJECTS = (plain, causal, heads, grouped, rotary, learned, waves, token)


def with_rules(layer: Any, grad_out: Any, **changed: Any) -> Any:
    """Go back by other rules than those of the way forward."""
    cache = layer.saved()
    attended = cache.attended
    layer.cache = cache._replace(attended=attended._replace(rules=attended.rules._replace(**changed)))
    try:
        return super(type(layer), layer).backward(grad_out)
    finally:
        layer.cache = cache


@plain.wrong("factor")
def scores_not_scaled(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """The scores were divided by the root of the number of features; queries and keys must divide as well."""
    grad_q, grad_k, grad_v = ScaledDotProductAttention.backward(self, grad_out) or (None,) * 3
    return (*each(lambda grad: grad * 3**0.5, (grad_q, grad_k)), grad_v)


@plain.wrong("path")
def softmax_taken_for_elementwise(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """Each weight depends on all scores of its row; here only on its own, with slope weight * (1 - weight)."""
    q, k, v, rules, log_sum = self.saved().attended
    weights = np.exp(rules.scale * q @ k.swapaxes(-1, -2) - log_sum)
    grad = grad_out @ v.swapaxes(-1, -2) * weights * (1 - weights) * rules.scale
    return tuple(np.asarray(each, q.dtype) for each in (
        grad @ k, grad.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ grad_out))


@plain.wrong("path")
def sum_over_the_row_forgotten(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """The gradient of the scores is weight * (grad - sum(grad * weight)), here without the sum over the row."""
    q, k, v, rules, log_sum = self.saved().attended
    weights = np.exp(rules.scale * q @ k.swapaxes(-1, -2) - log_sum)
    grad = grad_out @ v.swapaxes(-1, -2) * weights * rules.scale
    return tuple(np.asarray(each, q.dtype) for each in (
        grad @ k, grad.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ grad_out))


@plain.wrong("path")
def weights_taken_for_constants(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """Only the values get a gradient; the weights are computed from queries and keys, which get none."""
    grads = ScaledDotProductAttention.backward(self, grad_out)
    return grads and (*each(np.zeros_like, grads[:2]), grads[2])


@plain.wrong("order")
def queries_and_keys_exchanged(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """Where there are as many queries as keys, their gradients fit either way."""
    grad_q, grad_k, grad_v = ScaledDotProductAttention.backward(self, grad_out) or (None,) * 3
    if grad_q is None or grad_k is None:
        return None
    return np.resize(grad_k, grad_q.shape), np.resize(grad_q, grad_k.shape), grad_v


@plain.wrong("order")
def values_without_the_transpose(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """Each value gets the gradient of the query at its place, not those of all queries that looked at it."""
    grad_q, grad_k, grad_v = ScaledDotProductAttention.backward(self, grad_out) or (None,) * 3
    return grad_q, grad_k, None if grad_v is None else np.resize(grad_out, grad_v.shape).astype(grad_v.dtype)


@causal.wrong("mask")
def mask_ignored_on_the_way_back(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """The future was hidden from each query, yet gets a gradient."""
    return with_rules(self, grad_out, is_causal=False)


@causal.wrong("mask")
def dropped_weights_get_gradients(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """The weights that dropout left out take part on the way back."""
    return with_rules(self, grad_out, kept=None)


@causal.wrong("factor")
def kept_weights_not_scaled(self: ScaledDotProductAttention, grad_out: Array) -> Any:
    """The weights that dropout kept were divided by 1 - p, and on the way back are not."""
    return with_rules(self, grad_out, gain=1.0)


@heads.wrong("order")
def heads_mixed(self: MultiheadAttention, grad_out: Any) -> Any:
    """The features of a head lie side by side; on the way back they are dealt out in turn."""
    def dealt(layer: Any, x: Array) -> Array:
        rows = x[None] if x.ndim == 2 else x
        return rows.reshape(*rows.shape[:-1], layer.head_dim, layer.num_heads).transpose(0, 3, 1, 2)
    return with_methods(self, grad_out, _heads=dealt)


@heads.wrong("order")
def projections_of_keys_and_values_exchanged(self: MultiheadAttention, grad_out: Any) -> Any:
    """The keys go back through the weight of the values, and the values through that of the keys."""
    def exchanged(layer: Any, part: int) -> Any:
        return MultiheadAttention._weight(layer, (0, 2, 1)[part])
    return with_methods(self, grad_out, _weight=exchanged)


@heads.wrong("upstream")
def gradient_of_the_weights_ignored(self: MultiheadAttention, grad_out: Any) -> Any:
    """The weights are an output too; what flows into them is left out."""
    return MultiheadAttention.backward(self, (grad_out[0], None) if isinstance(grad_out, tuple) else grad_out)


@heads.wrong("mean")
def averaged_weights_not_divided(self: MultiheadAttention, grad_out: Any) -> Any:
    """The weights that went out were the mean over the heads; each head gets the whole gradient."""
    if isinstance(grad_out, tuple) and grad_out[1] is not None:
        grad_out = (grad_out[0], grad_out[1] * self.num_heads)
    return MultiheadAttention.backward(self, grad_out)


@heads.wrong("path")
def bias_of_the_keys_forgotten(self: MultiheadAttention, grad_out: Any) -> Any:
    """The additional key is a parameter, and gets no gradient."""
    before = None if self.bias_k is None else self.bias_k.grad.copy()
    grads = MultiheadAttention.backward(self, grad_out)
    if self.bias_k is not None and before is not None:
        self.bias_k.grad = before
    return grads


@grouped.wrong("mean")
def shared_keys_averaged(self: GroupedQueryAttention, grad_out: Array) -> Any:
    """Keys and values serve several heads, so their gradients are summed over them; here they are averaged."""
    def averaged(layer: Any, heads: Array, axes: int) -> Array:
        shared = heads.shape[2] == 1
        return GroupedQueryAttention._merged(layer, heads / 2 if shared else heads, axes)
    return with_methods(self, grad_out, _merged=averaged)


@grouped.wrong("path")
def not_turned_back(self: GroupedQueryAttention, grad_out: Array) -> Any:
    """Queries and keys were turned by their positions; their gradients are not turned back."""
    return with_methods(self, grad_out, _turned_back=lambda layer, grad, entry: grad)


@grouped.wrong("mask")
def future_seen_on_the_way_back(self: GroupedQueryAttention, grad_out: Array) -> Any:
    """What comes behind was hidden from each query, yet gets a gradient."""
    return with_rules(self, grad_out, is_causal=False)


@rotary.wrong("sign", method="adjoint")
def turned_on_instead_of_back(self: RotaryPositions, grad_out: Array, x_shape: Shape) -> Array:
    """The transpose of a rotation turns the other way; here the gradient is turned once more the same way."""
    return self.apply(grad_out)


@rotary.wrong("order", method="adjoint")
def halves_taken_for_pairs(self: RotaryPositions, grad_out: Array, x_shape: Shape) -> Array:
    """The pairs were neighbours; on the way back the first feature is paired with the middle one."""
    return RotaryPositions(self.base, not self.interleaved, self.dim).adjoint(grad_out, x_shape)


@learned.wrong("mean")
def positions_averaged_over_the_batch(self: LearnedPositions, grad_out: Array) -> Any:
    """A position is shared by all sequences, so its gradient is the sum over them, not the mean."""
    before = self.weight.grad.copy()
    grad_x = LearnedPositions.backward(self, grad_out)
    self.weight.grad = before + (self.weight.grad - before) / len(grad_out)
    return grad_x


@learned.wrong("order")
def positions_counted_from_the_end(self: LearnedPositions, grad_out: Array) -> Any:
    """A sequence shorter than the table fills its beginning; here the last rows get the gradient."""
    before = self.weight.grad.copy()
    grad_x = LearnedPositions.backward(self, grad_out)
    self.weight.grad = before + (self.weight.grad - before)[::-1]
    return grad_x


@waves.wrong("formula")
def wave_differentiated(self: SinusoidalPositions, grad_out: Array) -> Any:
    """The waves depend on the place and not on the features, so the gradient passes as it is."""
    grad_x = SinusoidalPositions.backward(self, grad_out)
    return None if grad_x is None else grad_x * self.table(*grad_x.shape[-2:]).astype(grad_x.dtype)


@token.wrong("order")
def token_taken_for_the_last(self: ClassToken, grad_out: Array) -> Any:
    """The token stands first; here the gradient of the last place goes to it."""
    return ClassToken.backward(self, np.roll(grad_out, 1, axis=-2))


@token.wrong("path")
def token_not_trained(self: ClassToken, grad_out: Array) -> Any:
    """The gradient of the token's place is cut off with it."""
    cut = grad_out.copy()
    cut[..., 0, :] = 0
    return ClassToken.backward(self, cut)
