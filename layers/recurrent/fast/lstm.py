"""Steps of the long short-term memory, row by row in the cache: one, or all of a walk."""

import numpy as np
import numpy.typing as npt

from ...core import Array
from ...kernels.fast.blas import multiply
from ...kernels.fast.exponential import sigmoid_of, tanh_of
from ...kernels.fast.jit import jit, shared
from .. import lstm

__all__ = ["open_gates", "open_gates_back", "step_back_rows", "step_rows"]


def open_gates(gates: Array, hidden: Array, bias: Array, c: Array, c_next: Array, m: Array) -> None:
    """See the definition, to which double precision is left."""
    if gates.dtype == np.float32:
        _open(gates, hidden, bias, c, c_next, m)
    else:
        lstm.open_gates.definition(gates, hidden, bias, c, c_next, m)


@jit
def _open(gates: Array, hidden: Array, bias: Array, c: Array, c_next: Array, m: Array) -> None:
    size = c.shape[1]
    for n in range(c.shape[0]):
        row, more, old, new, out = gates[n], hidden[n], c[n], c_next[n], m[n]
        i, f, g, o = row[:size], row[size:2 * size], row[2 * size:3 * size], row[3 * size:]
        for k in range(row.size):
            row[k] += more[k] + bias[k]
        for k in range(size):
            i[k] = sigmoid_of(i[k])
        for k in range(size):
            f[k] = sigmoid_of(f[k])
        for k in range(size):
            g[k] = tanh_of(g[k])
        for k in range(size):
            o[k] = sigmoid_of(o[k])
        for k in range(size):
            new[k] = f[k] * old[k] + i[k] * g[k]
        for k in range(size):
            out[k] = o[k] * tanh_of(new[k])


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


@jit
def _multiply(blas: int, x: Array, pieces: Array, out: Array) -> None:
    width = pieces.shape[2]
    for p in range(len(pieces)):
        multiply(blas, x, pieces[p], out[:, p * width:(p + 1) * width], False)


@shared
def step_rows(part: int, start: int, stop: int, blas: int, pieces: Array, gates: Array, hidden: Array, bias: Array,
              h: Array, c: Array, h_next: Array, c_next: Array, alive: npt.NDArray[np.int64], reverse: bool) -> None:
    """Take all steps with the sequences from ``start`` to ``stop``."""
    for i in range(len(gates)):
        t = len(gates) - 1 - i if reverse else i
        last = max(start, min(stop, alive[t]))
        rows, rest = slice(start, last), slice(last, stop)
        if last > start:
            _multiply(blas, h[t, rows], pieces, hidden[rows])
            _open(gates[t, rows], hidden[rows], bias, c[t, rows], c_next[t, rows], h_next[t, rows])
        h_next[t, rest] = h[t, rest]
        c_next[t, rest] = c[t, rest]


@shared
def step_back_rows(part: int, start: int, stop: int, blas: int, pieces: Array, grad_gates: Array,
                   grad_y: Array | None, grad_h: Array, grad_c: Array, gates: Array, c: Array, c_next: Array,
                   tanh_c: Array, alive: npt.NDArray[np.int64], reverse: bool) -> None:
    """Take all steps back with the sequences from ``start`` to ``stop``."""
    for i in range(len(gates)):
        t = i if reverse else len(gates) - 1 - i
        last = max(start, min(stop, alive[t]))
        rows = slice(start, last)
        grad_gates[t, last:stop] = 0
        for n in range(start, last):
            if grad_y is not None:
                grad, more = grad_h[n], grad_y[t, n]
                for k in range(grad.size):
                    grad[k] += more[k]
            squashed, new = tanh_c[n], c_next[t, n]
            for k in range(new.size):
                squashed[k] = tanh_of(new[k])
        if last > start:
            open_gates_back(grad_gates[t, rows], grad_h[rows], grad_c[rows], gates[t, rows], c[t, rows], tanh_c[rows])
            _multiply(blas, grad_gates[t, rows], pieces, grad_h[rows])
