"""Gated recurrent unit: one state, a gate that mixes old and new, and one that resets what the new one sees."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..core import Array, Share, Size
from ..kernels import compiled, empty, sigmoid
from .cell import RNNCellBase
from .pieces import multiply
from .recurrence import Recurrence, Step, blocks
from .sequence import RNNBase
from .tangent import product_dot

__all__ = ["GRU", "GRUCell"]


class GRURecurrence(Recurrence):
    """``h' = (1 - z) * n + z * h``, where n sees of h only ``r * a``, ``a = h @ weight_hn.T + bias_hn``."""

    gates = 3
    keeps = 4               # r, z, n and a
    hidden_apart = True     # r stands between a and n

    def step(self, hidden: Array, kept: Sequence[Array], before: Sequence[Array], after: Sequence[Array]) -> None:
        (gates, a), (h,), (h_next,) = kept, before, after
        reset_and_mix(gates, a, hidden, self.bias, self.new_bias, h, h_next)

    def step_back(self, grad_gates: Array, grad_hidden: Array, grads: Sequence[Array], kept: Sequence[Array],
                  before: Sequence[Array], after: Sequence[Array]) -> None:
        (grad_h,), (gates, a), (h,) = grads, kept, before
        reset_and_mix_back(grad_gates, grad_hidden, grad_h, gates, a, h)
        grad_h += multiply(grad_hidden, self.weights, out=np.empty_like(grad_h))

    def step_jvp(self, hidden_dot: Array, at: Step, dot: Step) -> None:
        (gates, a), (h,), _ = at
        (gates_dot, a_dot), (h_dot,), (h_next_dot,) = dot
        (both, _), (both_dot, n_dot), (hidden_both_dot, hidden_n_dot) = map(parts, (gates, gates_dot, hidden_dot))
        (r, z, n), (r_dot, z_dot, _) = self.blocks(gates), self.blocks(gates_dot)
        both_dot[...] = both * (1 - both) * (both_dot + hidden_both_dot)
        a_dot[...] = hidden_n_dot
        n_dot[...] = (1 - n * n) * (n_dot + product_dot(r, r_dot, a, a_dot))
        h_next_dot[...] = n_dot + product_dot(z, z_dot, h - n, h_dot - n_dot)

    def step_back_jvp(self, grad_gates_dot: Array, grad_hidden_dot: Array, grads: Sequence[Array],
                      grads_dot: Sequence[Array], at: Step, dot: Step) -> None:
        (grad_h,), (grad_h_dot,) = grads, grads_dot
        (gates, a), (h,), _ = at
        (gates_dot, a_dot), (h_dot,), _ = dot
        (r, z, n), (r_dot, z_dot, n_dot) = self.blocks(gates), self.blocks(gates_dot)
        slope, bend = 1 - n * n, -2 * n * n_dot
        mixed, mixed_dot = grad_h * (1 - z), product_dot(grad_h, grad_h_dot, 1 - z, -z_dot)
        grad_n, grad_n_dot = mixed * slope, product_dot(mixed, mixed_dot, slope, bend)
        raw = np.concatenate([grad_n * a, grad_h * (h - n)], axis=1)                    # of r and z
        raw_dot = np.concatenate([product_dot(grad_n, grad_n_dot, a, a_dot),
                                  product_dot(grad_h, grad_h_dot, h - n, h_dot - n_dot)], axis=1)
        (both, _), (both_dot, _) = parts(gates), parts(gates_dot)
        grad_both_dot = product_dot(raw, raw_dot, both * (1 - both), (1 - 2 * both) * both_dot)
        grad_gates_dot[...] = np.concatenate([grad_both_dot, grad_n_dot], axis=1)
        grad_hidden_dot[...] = np.concatenate([grad_both_dot, product_dot(grad_n, grad_n_dot, r, r_dot)], axis=1)
        grad_h_dot[...] = product_dot(grad_h, grad_h_dot, z, z_dot)

    def parts(self, gates: Array) -> tuple[Array, Array]:
        """Return r and z together, which are treated alike, and n."""
        return parts(gates)

    @cached_property
    def bias(self) -> Array:
        """The biases outside of r, and of r itself: bias_ih, and what bias_hh has for r and z."""
        if self.bias_ih is None or self.bias_hh is None:
            return np.zeros(len(self.weight_ih.data), self.weight_ih.dtype)
        bias = self.bias_ih.data.copy()
        parts(bias)[0][...] += parts(self.bias_hh.data)[0]
        return bias

    @cached_property
    def new_bias(self) -> Array:
        """The bias that r multiplies, bias_hn."""
        return np.zeros(self.hidden_size, self.weight_hh.dtype) if self.bias_hh is None else parts(self.bias_hh.data)[1]

    def room(self, length: int, batch: int, after: Sequence[Array]) -> tuple[Array, ...]:
        return (*super().room(length, batch, after), empty((length, batch, self.hidden_size), after[0].dtype))


def parts(gates: Array) -> tuple[Array, Array]:
    """Return r and z together, which are treated alike, and n."""
    edge = gates.shape[-1] // 3 * 2
    return gates[..., :edge], gates[..., edge:]


@compiled
def reset_and_mix(gates: Array, a: Array, hidden: Array, bias: Array, new_bias: Array, h: Array,
                  h_next: Array) -> None:
    """Write the new state, the gates over what comes from x, and ``a``.

    Shapes:
        gates, hidden: (N, 3·hidden_size)
        bias:          (3·hidden_size,)
        new_bias:      (hidden_size,)
        a, h, h_next:  (N, hidden_size)
    """
    (both, n), (hidden_both, hidden_n) = parts(gates), parts(hidden)
    gates += bias
    opened = both + hidden_both
    sigmoid(opened, out=opened)
    both[...] = opened                                  # r and z
    r, z, n = blocks(gates, 3)
    np.add(hidden_n, new_bias, out=a)
    n += r * a
    np.tanh(n, out=n)
    np.subtract(h, n, out=h_next)
    h_next *= z
    h_next += n                                         # (1 - z) * n + z * h


@compiled
def reset_and_mix_back(grad_gates: Array, grad_hidden: Array, grad_h: Array, gates: Array, a: Array,
                       h: Array) -> None:
    """Write the gradients of the gates and of what comes from h; leave of ``grad_h`` what goes past the gates."""
    r, z, n = blocks(gates, 3)
    grad_r, grad_z, grad_n = blocks(grad_gates, 3)
    np.multiply(grad_h, h - n, out=grad_z)
    np.multiply(grad_h, 1 - z, out=grad_n)
    grad_n *= 1 - n * n
    np.multiply(grad_n, a, out=grad_r)
    (both, _), (grad_both, _), (grad_hidden_both, grad_a) = parts(gates), parts(grad_gates), parts(grad_hidden)
    grad_both *= both * (1 - both)                      # r and z are sigmoids
    grad_hidden_both[...] = grad_both
    np.multiply(grad_n, r, out=grad_a)
    grad_h *= z


class GRU(RNNBase):
    """Gated recurrent unit: z mixes the old state with a new one, n, of which r says how much old state it sees.

    ``r, z = sigmoid(x[t] @ weight_ih.T + bias_ih + h[t-1] @ weight_hh.T + bias_hh)``, their two thirds of the rows;
    ``n = tanh(x[t] @ weight_in.T + bias_in + r * a)``, ``a = h[t-1] @ weight_hn.T + bias_hn``, the last third;
    ``h[t] = (1 - z) * n + z * h[t-1]``. ``forward(x, hx=None, lengths=None)`` returns ``(output, h_n)``, as RNN does.

    Shapes:
        as RNN, but weight_ih (3·hidden_size, input_size) and weight_hh (3·hidden_size, hidden_size)

    Gradients:
        grad_z = grad_h * (h[t-1] - n) * z * (1 - z);  grad_n = grad_h * (1 - z) * (1 - n**2)
        grad_r = grad_n * a * r * (1 - r);  grad_a = grad_n * r
        grad_h = grad_output[t-1] + grad_h * z + (grad_r, grad_z, grad_a) @ weight_hh, passed on to step t-1

    Cost: 3·hidden_size·(input_size + hidden_size) multiply-adds a step; keeps ``x``, r, z, n, a and h of every step.

    Source: Cho et al. 2014; with a inside of r as in torch.nn.GRU.

    Example:
        >>> GRU(3, 4, bidirectional=True).forward(np.ones((5, 2, 3), np.float32))[0].shape
        (5, 2, 8)
    """

    def __init__(self, input_size: Size, hidden_size: Size, num_layers: Size = 1, bias: bool = True,
                 batch_first: bool = False, dropout: Share = 0.0, bidirectional: bool = False, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(GRURecurrence, input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, rng=rng)


class GRUCell(RNNCellBase):
    """One step of a gated recurrent unit, ``h = (1 - z) * n + z * hx``.

    ``r, z = sigmoid(x @ weight_ih.T + bias_ih + hx @ weight_hh.T + bias_hh)``, their two thirds of the rows;
    ``n = tanh(x @ weight_in.T + bias_in + r * a)``, ``a = hx @ weight_hn.T + bias_hn``, the last third.

    Shapes:
        x:     (N, input_size) or (input_size,)
        hx, h: (N, hidden_size) or (hidden_size,); hx is zero if not given

    Gradients:
        as one step of GRU; grad_hx = grad_h * z + (grad_r, grad_z, grad_a) @ weight_hh

    Cost: 3·hidden_size·(input_size + hidden_size) multiply-adds a row; keeps ``x``, r, z, n, a, ``hx`` and ``h``.

    Source: Cho et al. 2014; torch.nn.GRUCell.

    Example:
        >>> GRUCell(3, 4).forward(np.ones((2, 3), np.float32)).shape
        (2, 4)
    """

    def __init__(self, input_size: Size, hidden_size: Size, bias: bool = True, *,
                 rng: np.random.Generator | None = None) -> None:
        super().__init__(GRURecurrence, input_size, hidden_size, bias, rng=rng)
