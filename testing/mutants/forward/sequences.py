"""Wrong forwards of recurrent layers and of attention."""

from typing import Any

import numpy as np

from ....layers import GRUCell, LSTMCell, RNNCell, RotaryPositions, ScaledDotProductAttention, SinusoidalPositions
from ....layers.core import Array
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

rnn = Subject(RNNCell, lambda: RNNCell(3, 4), ((5, 3), (5, 4)))
lstm = Subject(LSTMCell, lambda: LSTMCell(3, 4), ((5, 3), ((5, 4), (5, 4))))
gru = Subject(GRUCell, lambda: GRUCell(3, 4), ((5, 3), (5, 4)))
attention = Subject(ScaledDotProductAttention, ScaledDotProductAttention, ((2, 4, 3), (2, 4, 3), (2, 4, 3)))
causal = Subject(ScaledDotProductAttention, lambda: ScaledDotProductAttention(is_causal=True),
                 ((2, 4, 3), (2, 4, 3), (2, 4, 3)))
waves = Subject(SinusoidalPositions, SinusoidalPositions, ((2, 4, 6),))
rotary = Subject(RotaryPositions, lambda: RotaryPositions(base=10.0), ((2, 4, 6),))

SUBJECTS = (rnn, lstm, gru, attention, causal, waves, rotary)


def sigmoid(x: Array) -> Array:
    """Return the sigmoid."""
    return np.asarray(1 / (1 + np.exp(-x)))


def parts(cell: Any, x: Array, h: Array, number: int) -> tuple[list[Array], list[Array]]:
    """Return what the gates get from the input, and what from the state, biases added."""
    inner = x @ cell.weight_ih.data.T + cell.bias_ih.data
    state = h @ cell.weight_hh.data.T + cell.bias_hh.data
    return np.split(inner, number, axis=1), np.split(state, number, axis=1)


@rnn.wrong("path", method="forward")
def old_state_left_out(self: RNNCell, x: Array, hx: Array) -> Array:
    """The old state has no part in the new one."""
    return instead(RNNCell, self, (x, hx), np.tanh(parts(self, x, hx, 1)[0][0]))


@rnn.wrong("formula", method="forward")
def tanh_left_out(self: RNNCell, x: Array, hx: Array) -> Array:
    """The sum is not bent by the hyperbolic tangent, so that the state can grow without bound."""
    (inner,), (state,) = parts(self, x, hx, 1)
    return instead(RNNCell, self, (x, hx), inner + state)


@rnn.wrong("path", method="forward")
def one_bias_of_two(self: RNNCell, x: Array, hx: Array) -> Array:
    """Of the two biases only that of the input is added."""
    (inner,), _ = parts(self, x, hx, 1)
    return instead(RNNCell, self, (x, hx), np.tanh(inner + hx @ self.weight_hh.data.T))


def lstm_output(cell: LSTMCell, x: Array, hx: Any, order: str = "ifgo", *, squash: bool = True, forget: bool = True,
                candidate: Any = np.tanh) -> Any:
    """Run one step with the gates read in an order of one's own."""
    inner, state = parts(cell, x, hx[0], 4)
    gates = dict(zip(order, (a + b for a, b in zip(inner, state, strict=True)), strict=True))
    kept = sigmoid(gates["f"]) * hx[1] if forget else hx[1]
    c = kept + sigmoid(gates["i"]) * candidate(gates["g"])
    right = LSTMCell.forward(cell, x, hx)
    h = sigmoid(gates["o"]) * (np.tanh(c) if squash else c)
    return h.astype(right[0].dtype), c.astype(right[1].dtype)


@lstm.wrong("order", method="forward")
def gates_in_another_order(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The gates are read as i, g, f, o; the rows of the weights come as i, f, g, o."""
    return lstm_output(self, x, hx, "igfo")


@lstm.wrong("order", method="forward")
def output_gate_before_the_candidate(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The gates are read as i, f, o, g, as many papers write them; the rows of the weights come as i, f, g, o."""
    return lstm_output(self, x, hx, "ifog")


@lstm.wrong("order", method="forward")
def states_returned_the_other_way_round(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The new cell state comes first, where h does."""
    h, c = LSTMCell.forward(self, x, hx)
    return c, h


@lstm.wrong("order", method="forward")
def input_for_forget_gate(self: LSTMCell, x: Array, hx: Any) -> Any:
    """Input and forget gate are exchanged."""
    return lstm_output(self, x, hx, "figo")


@lstm.wrong("formula", method="forward")
def cell_state_not_squashed(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The output gate is applied to the cell state itself, not to its hyperbolic tangent."""
    return lstm_output(self, x, hx, squash=False)


@lstm.wrong("factor", method="forward")
def nothing_forgotten(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The old cell state is kept whole, without the forget gate."""
    return lstm_output(self, x, hx, forget=False)


@lstm.wrong("formula", method="forward")
def candidate_through_a_sigmoid(self: LSTMCell, x: Array, hx: Any) -> Any:
    """The candidate goes through a sigmoid like the gates, where it needs the hyperbolic tangent."""
    return lstm_output(self, x, hx, candidate=sigmoid)


def gru_output(cell: GRUCell, x: Array, hx: Array, order: str = "rzn", *, turned: bool = False,
               early: bool = False, reset: bool = True) -> Array:
    """Run one step with changes of one's own."""
    inner, state = (dict(zip(order, part, strict=True)) for part in parts(cell, x, hx, 3))
    r, z = (sigmoid(inner[gate] + state[gate]) for gate in "rz")
    if early:
        rows = len(cell.weight_hh.data) // 3
        zero = parts(cell, x, np.zeros_like(hx), 3)[1][2]       # the bias alone
        from_state = (r * hx) @ cell.weight_hh.data[2 * rows:].T + zero
    else:
        from_state = r * state["n"] if reset else state["n"]
    n = np.tanh(inner["n"] + from_state)
    y = (z * n + (1 - z) * hx) if turned else ((1 - z) * n + z * hx)
    return instead(GRUCell, cell, (x, hx), y)


@gru.wrong("order", method="forward")
def reset_for_update_gate(self: GRUCell, x: Array, hx: Array) -> Array:
    """Reset and update gate are exchanged; the rows of the weights come as r, z, n."""
    return gru_output(self, x, hx, "zrn")


@gru.wrong("sign", method="forward")
def update_gate_turned_round(self: GRUCell, x: Array, hx: Array) -> Array:
    """An update gate of one keeps the new state where it must keep the old: z and 1 - z are exchanged."""
    return gru_output(self, x, hx, turned=True)


@gru.wrong("order", method="forward")
def reset_before_the_product(self: GRUCell, x: Array, hx: Array) -> Array:
    """The reset gate is applied to the state before the product with its weight, as in the first paper, not after."""
    return gru_output(self, x, hx, early=True)


@gru.wrong("factor", method="forward")
def nothing_reset(self: GRUCell, x: Array, hx: Array) -> Array:
    """The reset gate has no effect."""
    return gru_output(self, x, hx, reset=False)


def attended(layer: ScaledDotProductAttention, q: Array, k: Array, v: Array, *, scale: float | None = None,
             axis: int = -1, mask: bool = True, softmax: bool = True) -> Array:
    """Attend with changes of one's own."""
    scores = q @ k.swapaxes(-1, -2) * (q.shape[-1]**-0.5 if scale is None else scale)
    if mask and layer.is_causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True)) if softmax else scores
    if softmax:
        weights = weights / weights.sum(axis=axis, keepdims=True)
    return instead(ScaledDotProductAttention, layer, (q, k, v), weights @ v)


@attention.wrong("factor", method="forward")
def scores_left_unscaled(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """The scores are not divided by the root of the width."""
    return attended(self, q, k, v, scale=1.0)


@attention.wrong("factor", method="forward")
def scores_divided_by_the_width(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """The scores are divided by the width itself, not by its root."""
    return attended(self, q, k, v, scale=1 / q.shape[-1])


@attention.wrong("order", method="forward")
def softmax_over_the_queries(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """The softmax runs over the queries, so that the weights of one query do not add up to one."""
    return attended(self, q, k, v, axis=-2)


@attention.wrong("path", method="forward")
def scores_for_weights(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """The scores weigh the values as they are, without a softmax."""
    return attended(self, q, k, v, softmax=False)


@attention.wrong("order", method="forward")
def keys_for_queries(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """Queries and keys are exchanged."""
    return instead(ScaledDotProductAttention, self, (q, k, v), attended(self, k, q, v))


@causal.wrong("mask", method="forward")
def future_seen(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """Every position sees the ones after it; the causal mask is missing."""
    return attended(self, q, k, v, mask=False)


@causal.wrong("mask", method="forward")
def past_hidden(self: ScaledDotProductAttention, q: Array, k: Array, v: Array) -> Array:
    """The mask is turned round: every position sees itself and what comes after it."""
    y = ScaledDotProductAttention.forward(self, q[..., ::-1, :], k[..., ::-1, :], v[..., ::-1, :])
    return np.ascontiguousarray(y[..., ::-1, :])


@waves.wrong("order", method="forward")
def sines_before_cosines(self: SinusoidalPositions, x: Array) -> Array:
    """All sines stand before all cosines, where they take turns."""
    y = SinusoidalPositions.forward(self, x)
    added = y - x
    return np.asarray(x + np.concatenate([added[..., ::2], added[..., 1::2]], axis=-1))


@waves.wrong("sign", method="forward")
def positions_subtracted(self: SinusoidalPositions, x: Array) -> Array:
    """The waves are subtracted from the input."""
    return np.asarray(2 * x - SinusoidalPositions.forward(self, x))


@rotary.wrong("path", method="forward")
def positions_left_out(self: RotaryPositions, x: Array) -> Array:
    """Nothing is turned; the order of the sequence is lost."""
    return instead(RotaryPositions, self, x, x)


@rotary.wrong("order", method="forward")
def positions_counted_backwards(self: RotaryPositions, x: Array) -> Array:
    """The positions are counted from the end of the sequence."""
    return np.ascontiguousarray(RotaryPositions.forward(self, x[:, ::-1])[:, ::-1])
