"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from chainrule.layers.core import call, call_back


def SelfAttention_forward_heads_not_apart(self, x):
    """order: The axes of places and heads must be exchanged, not read as one another: reshape alone mixes them."""
    return _forward(self, x, lambda parts: np.moveaxis(parts, 2, 0).reshape(
        3, len(x), self.heads, x.shape[1], self.size // self.heads))


def SelfAttention_forward_keys_for_queries(self, x):
    """order: Queries, keys and values come in this order."""
    return _forward(self, x, lambda parts: parts.transpose(2, 0, 3, 1, 4)[[1, 0, 2]])


def SelfAttention_forward_heads_put_together_wrongly(self, x):
    """order: Before the heads' results are laid one behind the other, their axis goes behind that of the places."""
    return _forward(self, x, lambda parts: parts.transpose(2, 0, 3, 1, 4), lambda found: found.reshape(x.shape))


def _forward(self, x, cut, join=None):
    packed, in_entry = call(self.in_proj, x)
    q, k, v = cut(packed.reshape(*x.shape[:2], 3, self.heads, -1))
    found, entry = call(self.attention, q, k, v)
    joined = found.swapaxes(1, 2).reshape(x.shape) if join is None else join(found)
    y, out_entry = call(self.out_proj, joined)
    self.cache = in_entry, entry, out_entry
    return y


def SelfAttention_backward_without_values(self, grad_out):
    """path: Three gradients come back from attention; that of the values is left out."""
    return _backward(self, grad_out, (1, 1, 0))


def SelfAttention_backward_without_keys(self, grad_out):
    """path: Three gradients come back from attention; that of the keys is left out."""
    return _backward(self, grad_out, (1, 0, 1))


def _backward(self, grad_out, share):
    in_entry, entry, out_entry = self.saved()
    count, length, _ = grad_out.shape
    grad = call_back(self.out_proj, out_entry, grad_out).reshape(count, length, self.heads, -1).swapaxes(1, 2)
    grads = np.stack([part * grad for part, grad in zip(share, call_back(self.attention, entry, grad), strict=True)])
    grad_packed = grads.transpose(1, 3, 0, 2, 4).reshape(count, length, 3 * self.size)
    return call_back(self.in_proj, in_entry, grad_packed)


def Block_forward_without_the_ways_around(self, x):
    """path: The input of each branch is added to what comes out of it."""
    return _through(self, x, around=0)


def Block_forward_from_the_first_input(self, x):
    """path: The second branch begins with z, what the first one gave, and is added to it."""
    return _through(self, x, first=True)


def _through(self, x, around=1, first=False):
    start, branches = x, []
    for steps in self.branches():
        inside, entries = start if first else x, []
        for layer in steps:
            inside, entry = call(layer, inside)
            entries.append(entry)
        x = around * x + inside
        branches.append(entries)
    self.cache = branches
    return x


def Block_backward_without_the_ways_around(self, grad_out):
    """path: On each way around the gradient comes back as it is; it must be added."""
    return _back(self, grad_out, around=0)


def Block_backward_through_the_ways_around_alone(self, grad_out):
    """path: What comes back through the layers is dropped."""
    return _back(self, grad_out, through=0)


def _back(self, grad_out, around=1, through=1):
    for steps, entries in zip(reversed(self.branches()), reversed(self.saved()), strict=True):
        inside = grad_out
        for layer, entry in zip(reversed(steps), reversed(entries), strict=True):
            inside = call_back(layer, entry, inside)
        grad_out = around * grad_out + through * inside
    return grad_out


def fit_and_predict_the_sequence_itself(x, y, x_test):
    """order: The answer has the digits in another order."""
    return x_test
