"""One step of the long short-term memory, row by row in the cache; only tanh is NumPy's."""

import numpy as np

from ...core import Array
from ...kernels.fast.jit import jit

__all__ = ["open_gates", "open_gates_back"]


def open_gates(gates: Array, hidden: Array, bias: Array, c: Array, c_next: Array, m: Array) -> None:
    """See the definition."""
    _add(gates, hidden, bias)
    np.tanh(gates, out=gates)
    _remember(gates, c, c_next)
    np.tanh(c_next, out=m)
    _let_out(gates, m)


@jit
def _add(gates: Array, hidden: Array, bias: Array) -> None:
    """Write the arguments of tanh: half those of the sigmoids, ``sigmoid(x) = (1 + tanh(x / 2)) / 2``."""
    half = gates.dtype.type(0.5)
    size = gates.shape[1] // 4
    for n in range(gates.shape[0]):
        row, more = gates[n], hidden[n]
        for k in range(row.size):
            row[k] += more[k] + bias[k]
        for k in range(2 * size):
            row[k] *= half
        for k in range(3 * size, 4 * size):
            row[k] *= half


@jit
def _remember(gates: Array, c: Array, c_next: Array) -> None:
    half = gates.dtype.type(0.5)
    size = c.shape[1]
    for n in range(c.shape[0]):
        row = gates[n]
        for k in range(2 * size):
            row[k] = row[k] * half + half
        for k in range(3 * size, 4 * size):
            row[k] = row[k] * half + half
        i, f, g, old, new = row[:size], row[size:2 * size], row[2 * size:3 * size], c[n], c_next[n]
        for k in range(size):
            new[k] = f[k] * old[k] + i[k] * g[k]


@jit
def _let_out(gates: Array, m: Array) -> None:
    size = m.shape[1]
    for n in range(m.shape[0]):
        row, o = m[n], gates[n, 3 * size:]
        for k in range(size):
            row[k] *= o[k]


@jit
def open_gates_back(grad_gates: Array, grad_m: Array, grad_c: Array, gates: Array, c: Array, tanh_c: Array) -> None:
    """See the definition. Each loop writes one array, so that the compiler sees what may overlap."""
    one = gates.dtype.type(1)
    size = c.shape[1]
    for n in range(c.shape[0]):
        row, old, squashed, grad, cell = gates[n], c[n], tanh_c[n], grad_m[n], grad_c[n]
        i, f, g, o = row[:size], row[size:2 * size], row[2 * size:3 * size], row[3 * size:]
        out = grad_gates[n]
        grad_i, grad_f, grad_g, grad_o = out[:size], out[size:2 * size], out[2 * size:3 * size], out[3 * size:]
        for k in range(size):
            grad_o[k] = grad[k] * squashed[k] * o[k] * (one - o[k])
        for k in range(size):
            cell[k] += grad[k] * o[k] * (one - squashed[k] * squashed[k])
        for k in range(size):
            grad_i[k] = cell[k] * g[k] * i[k] * (one - i[k])
        for k in range(size):
            grad_f[k] = cell[k] * old[k] * f[k] * (one - f[k])
        for k in range(size):
            grad_g[k] = cell[k] * i[k] * (one - g[k] * g[k])
        for k in range(size):
            cell[k] *= f[k]
