"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from chainrule.layers.core import call, call_back
from through_time import influence


def Cell_add_gradients_overwritten(self, grad_gates, x, h):
    """accumulate: The gradients of all steps add up; here each step forgets those before it."""
    self.zero_grad()
    _add(self, grad_gates, x, h)


def Cell_add_gradients_of_one_bias(self, grad_gates, x, h):
    """path: Both biases enter, so both get a gradient."""
    before = self.bias_hh.grad.copy()
    _add(self, grad_gates, x, h)
    self.bias_hh.grad = before


def Cell_add_gradients_averaged(self, grad_gates, x, h):
    """mean: The rows' gradients are summed; the mean has been taken in the loss."""
    _add(self, grad_gates / len(x), x, h)


def Cell_add_gradients_transposed_exchange(self, grad_gates, x, h):
    """order: ``weight_hh`` is multiplied by h, so h stands in its gradient, not something that was made of x."""
    _add(self, grad_gates, x, h[::-1])


def _add(self, grad_gates, x, h):
    self.weight_ih.grad += grad_gates.T @ x
    self.weight_hh.grad += grad_gates.T @ h
    self.bias_ih.grad += grad_gates.sum(axis=0)
    self.bias_hh.grad += grad_gates.sum(axis=0)


def Unrolled_forward_forgets_the_state(self, x):
    """path: Every step begins with zeros: the state is not handed on."""
    zeros = np.zeros((x.shape[1], self.cell.hidden_size), x.dtype)
    state = (zeros, zeros) if self.pair else zeros
    steps = [call(self.cell, x_t, state) for x_t in x]
    self.cache = [entry for _, entry in steps]
    return np.stack([new[0] if self.pair else new for new, _ in steps])


def Unrolled_backward_truncated_to_one_step(self, grad_out):
    """path: What the step after sends back is dropped: no gradient goes through time."""
    return _back(self, grad_out, hidden=0, cell=0)


def Unrolled_backward_without_the_cell_state(self, grad_out):
    """path: The gradient of c is not handed on, so an LSTM remembers no better than an RNN."""
    return _back(self, grad_out, cell=0) if self.pair else _back(self, grad_out, hidden=0)


def Unrolled_backward_of_the_last_output_alone(self, grad_out):
    """path: Every step has an output of its own, whose gradient arrives there."""
    last = np.zeros_like(grad_out)
    last[-1] = grad_out[-1]
    return _back(self, last)


def Unrolled_backward_in_the_wrong_order(self, grad_out):
    """order: The gradients of the steps' inputs come out last step first; they belong in the order of the steps."""
    return _back(self, grad_out)[::-1]


def _back(self, grad_out, hidden=1, cell=1):
    grad_h, grad_c = np.zeros_like(grad_out[0]), np.zeros_like(grad_out[0])
    grad_x = []
    for entry, grad in zip(reversed(self.saved()), grad_out[::-1], strict=True):
        arriving = (grad + hidden * grad_h, cell * grad_c) if self.pair else grad + hidden * grad_h
        grad_x_t, grad_h, *rest = call_back(self.cell, entry, arriving)
        grad_c = rest[0] if rest else grad_c
        grad_x.append(grad_x_t)
    return np.stack(grad_x[::-1])


def influence_squared(network, x):
    """The length is the root of the sum of squares."""
    return influence(network, x) ** 2


def influence_of_all_outputs(network, x):
    """mask: Ones are sent back from the last output alone."""
    grad_x = network.backward(np.ones_like(network.forward(x)))
    return np.sqrt((grad_x**2).sum(axis=(1, 2)))


def clip_gradients_one_by_one(parameters, max_norm):
    """Each gradient is clipped on its own; the common length counts, so that the direction stays."""
    length = np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters))
    for parameter in parameters:
        parameter.grad *= min(1, max_norm / np.sqrt((parameter.grad**2).sum()))
    return length


def clip_gradients_by_value(parameters, max_norm):
    """The numbers are clipped, not the length."""
    length = np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters))
    for parameter in parameters:
        parameter.grad = np.clip(parameter.grad, -max_norm, max_norm)
    return length


def clip_gradients_always(parameters, max_norm):
    """Gradients that are short enough stay as they are; here they are made longer."""
    length = np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters))
    for parameter in parameters:
        parameter.grad *= max_norm / length
    return length


def clip_gradients_length_afterwards(parameters, max_norm):
    """The length is returned as it was before."""
    length = np.sqrt(sum((parameter.grad**2).sum() for parameter in parameters))
    for parameter in parameters:
        parameter.grad *= min(1, max_norm / length)
    return min(length, max_norm / 2)


def fit_and_predict_the_last_symbol(x, y, x_test):
    """The first symbol was asked for, not the last."""
    return x_test[-1].argmax(axis=1)
