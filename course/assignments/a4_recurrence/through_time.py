"""Backpropagation through time: a cell at every step of a sequence, and the way back through all of them."""

import numpy as np

from chainrule.layers.core import Layer, call, call_back


class Unrolled(Layer):
    """A cell at every step of a sequence, with the same parameters; the state begins with zeros.

    The state is an array (RNNCell), or the pair ``(h, c)`` (LSTMCell, ``pair=True``). ``call(cell, x, state)`` runs one
    step forward and returns ``(new_state, entry)``; ``call_back(cell, entry, grad)`` runs it backward with the cache
    of that very step and returns what ``cell.backward`` returns. ``grad`` is shaped as the state.

    Shapes:
        x: (L, N, input_size), L steps
        y: (L, N, hidden_size), h of every step

    Gradients:
        At step t there arrives at h what ``grad_out[t]`` says and what step t + 1 sends back: their sum. At c arrives
        what step t + 1 sends back alone. The parameters' gradients of all steps add up.

    Cache: a list of the entries of all steps, the first step first
    """

    def __init__(self, cell, pair=False):
        self.cell = cell
        self.pair = pair

    def forward(self, x):
        """Return h of every step; keep the cache."""
        # BEGIN SOLUTION
        zeros = np.zeros((x.shape[1], self.cell.hidden_size), x.dtype)
        state = (zeros, zeros) if self.pair else zeros
        outputs, entries = [], []
        for x_t in x:
            state, entry = call(self.cell, x_t, state)
            outputs.append(state[0] if self.pair else state)
            entries.append(entry)
        self.cache = entries
        return np.stack(outputs)
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``; the cell's parameters get theirs on the way."""
        # BEGIN SOLUTION
        entries = self.saved()
        grad_h, grad_c = np.zeros_like(grad_out[0]), np.zeros_like(grad_out[0])
        grad_x = []
        for entry, grad in zip(reversed(entries), grad_out[::-1], strict=True):
            arriving = grad + grad_h
            if self.pair:
                grad_x_t, grad_h, grad_c = call_back(self.cell, entry, (arriving, grad_c))
            else:
                grad_x_t, grad_h = call_back(self.cell, entry, arriving)
            grad_x.append(grad_x_t)
        return np.stack(grad_x[::-1])
        # END SOLUTION


def influence(network, x):
    """Return how much the last output depends on the input of each step: does the gradient vanish, or explode?

    Send back ones from the last output, and nothing from the others. Element t is the Euclidean length of the gradient
    of ``x[t]``, all its numbers together.

    Shapes:
        x:       (L, N, input_size)
        returns: (L,)
    """
    # BEGIN SOLUTION
    grad_out = np.zeros_like(network.forward(x))
    grad_out[-1] = 1
    return np.sqrt((network.backward(grad_out) ** 2).sum(axis=(1, 2)))
    # END SOLUTION


def clip_gradients(parameters, max_norm):
    """Scale the gradients of all parameters by one number, so that their common length is at most ``max_norm``.

    The common length is the root of the sum of the squares of all gradients of all parameters. Where it is not above
    ``max_norm``, nothing is changed. Return the length as it was before.
    """
    # BEGIN SOLUTION
    parameters = list(parameters)
    length = float(np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters)))
    if length > max_norm:
        for parameter in parameters:
            parameter.grad *= max_norm / length
    return length
    # END SOLUTION
