"""One step of the gated recurrent unit, row by row in the cache; only tanh is NumPy's."""

import numpy as np

from ...core import Array
from ...kernels.fast.jit import jit

__all__ = ["reset_and_mix", "reset_and_mix_back"]


def reset_and_mix(gates: Array, a: Array, hidden: Array, bias: Array, new_bias: Array, h: Array,
                  h_next: Array) -> None:
    """See the definition."""
    edge = 2 * h.shape[1]
    both, n = gates[:, :edge], gates[:, edge:]
    _add(gates, hidden, bias)
    np.tanh(both, out=both)
    _reset(gates, a, hidden, new_bias)
    np.tanh(n, out=n)
    _mix(gates, h, h_next)


@jit
def _add(gates: Array, hidden: Array, bias: Array) -> None:
    """Write the arguments of tanh of r and z: half those of the sigmoids, ``sigmoid(x) = (1 + tanh(x / 2)) / 2``."""
    half = gates.dtype.type(0.5)
    edge = gates.shape[1] // 3 * 2
    for i in range(gates.shape[0]):
        row, more = gates[i], hidden[i]
        for k in range(edge):
            row[k] = (row[k] + more[k] + bias[k]) * half
        for k in range(edge, row.size):
            row[k] += bias[k]


@jit
def _reset(gates: Array, a: Array, hidden: Array, new_bias: Array) -> None:
    half = gates.dtype.type(0.5)
    size = a.shape[1]
    for i in range(a.shape[0]):
        row, seen, more = gates[i], a[i], hidden[i, 2 * size:]
        r, n = row[:size], row[2 * size:]
        for k in range(2 * size):
            row[k] = row[k] * half + half
        for k in range(size):
            seen[k] = more[k] + new_bias[k]
        for k in range(size):
            n[k] += r[k] * seen[k]


@jit
def _mix(gates: Array, h: Array, h_next: Array) -> None:
    size = h.shape[1]
    for i in range(h.shape[0]):
        z, n, old, new = gates[i, size:2 * size], gates[i, 2 * size:], h[i], h_next[i]
        for k in range(size):
            new[k] = (old[k] - n[k]) * z[k] + n[k]


@jit
def reset_and_mix_back(grad_gates: Array, grad_hidden: Array, grad_h: Array, gates: Array, a: Array,
                       h: Array) -> None:
    """See the definition. Each loop writes one array, so that the compiler sees what may overlap."""
    one = gates.dtype.type(1)
    size = h.shape[1]
    for i in range(h.shape[0]):
        row, out, through, seen, old, grad = gates[i], grad_gates[i], grad_hidden[i], a[i], h[i], grad_h[i]
        r, z, n = row[:size], row[size:2 * size], row[2 * size:]
        grad_r, grad_z, grad_n, grad_a = out[:size], out[size:2 * size], out[2 * size:], through[2 * size:]
        for k in range(size):
            grad_z[k] = grad[k] * (old[k] - n[k]) * z[k] * (one - z[k])
        for k in range(size):
            grad_n[k] = grad[k] * (one - z[k]) * (one - n[k] * n[k])
        for k in range(size):
            grad_r[k] = grad_n[k] * seen[k] * r[k] * (one - r[k])
        for k in range(2 * size):
            through[k] = out[k]
        for k in range(size):
            grad_a[k] = grad_n[k] * r[k]
        for k in range(size):
            grad[k] *= z[k]
