"""Wrong backwards of affine maps."""

import numpy as np

from ...layers import Linear, Maxout
from ...layers.core import Array
from .mutant import Subject

__all__ = ["SUBJECTS"]

linear = Subject(Linear, lambda: Linear(4, 3), ((5, 4),))
square = Subject(Linear, lambda: Linear(4, 4), ((4, 4),))       # where a transposed matrix still fits
maxout = Subject(Maxout, lambda: Maxout(4, 3, k=3), ((5, 4),))

SUBJECTS = (linear, square, maxout)


@linear.wrong("accumulate")
def weight_gradient_overwritten(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the weight is assigned where it must be added, so the second backward forgets the first."""
    self.weight.grad = np.zeros(self.weight.shape)
    return Linear.backward(self, grad_out)


@linear.wrong("accumulate")
def bias_gradient_overwritten(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the bias is assigned where it must be added."""
    if self.bias is not None:
        self.bias.grad = np.zeros(self.bias.shape)
    return Linear.backward(self, grad_out)


@linear.wrong("mean")
def bias_gradient_averaged(self: Linear, grad_out: Array) -> Array | None:
    """The bias enters every row, so its gradient is the sum over the rows; the mean belongs into the loss."""
    if self.bias is not None:
        self.bias.grad += grad_out.mean(axis=0) - grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


@linear.wrong("mean")
def weight_gradient_averaged(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the weight is divided by the number of rows, which the loss has done already."""
    self.weight.grad += (1 / len(grad_out) - 1) * (grad_out.T @ self.saved())
    return Linear.backward(self, grad_out)


@linear.wrong("batch")
def weight_gradient_of_the_first_row(self: Linear, grad_out: Array) -> Array | None:
    """Only the first row of the batch gets into the gradient of the weight."""
    self.weight.grad -= grad_out[1:].T @ self.saved()[1:]
    return Linear.backward(self, grad_out)


@linear.wrong("batch")
def rows_of_the_batch_reversed(self: Linear, grad_out: Array) -> Array | None:
    """The rows of x meet the upstream gradients of other rows."""
    self.weight.grad += grad_out.T @ self.saved()[::-1] - grad_out.T @ self.saved()
    return Linear.backward(self, grad_out)


@linear.wrong("upstream")
def upstream_ignored_by_weight(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the weight is the sum of the inputs: right only if every upstream gradient is one."""
    self.weight.grad += (np.ones_like(grad_out) - grad_out).T @ self.saved()
    return Linear.backward(self, grad_out)


@linear.wrong("upstream")
def bias_gradient_counts_rows(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the bias is the number of rows: right only if every upstream gradient is one."""
    if self.bias is not None:
        self.bias.grad += len(grad_out) - grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


@linear.wrong("path")
def bias_gradient_forgotten(self: Linear, grad_out: Array) -> Array | None:
    """The bias gets no gradient."""
    if self.bias is not None:
        self.bias.grad -= grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


@linear.wrong("formula")
def input_gradient_shifted_by_the_bias(self: Linear, grad_out: Array) -> Array | None:
    """The bias is a constant and has no part in the gradient of the input."""
    bias = np.zeros(grad_out.shape[-1]) if self.bias is None else self.bias.data
    return Linear.backward(self, grad_out + bias)


@linear.wrong("sign")
def bias_gradient_negative(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the bias points downhill; gradients point uphill and the optimiser takes the minus."""
    if self.bias is not None:
        self.bias.grad -= 2 * grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


@linear.wrong("frozen")
def frozen_weight_gets_gradient(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the weight is added whether or not it is frozen."""
    if not self.weight.requires_grad:
        self.weight.grad += grad_out.T @ self.saved()
    return Linear.backward(self, grad_out)


@linear.wrong("argument")
def upstream_averaged_in_place(self: Linear, grad_out: Array) -> Array | None:
    """The upstream gradient is divided by the batch size in place: the layer above finds its own gradient changed."""
    grad_x = Linear.backward(self, grad_out)
    grad_out /= len(grad_out)
    return grad_x


@linear.wrong("cache", method="forward")
def first_input_kept_for_good(self: Linear, x: Array) -> Array:
    """The input is kept when there is none yet, so all later gradients are those of the first batch."""
    y = Linear.forward(self, x)
    self.cache = vars(self).setdefault("_kept", x)
    return y


@linear.wrong("cache", method="forward")
def output_written_into_one_array(self: Linear, x: Array) -> Array:
    """Every call returns the same array, so the output of the first call changes with the second."""
    y = Linear.forward(self, x)
    kept: Array = vars(self).setdefault("_y", np.empty_like(y))
    if kept.shape != y.shape or kept.dtype != y.dtype:
        return y
    kept[...] = y
    return kept


@linear.wrong("dtype")
def input_gradient_in_float64(self: Linear, grad_out: Array) -> Array | None:
    """The gradient comes in float64 whatever x was, and everything below computes at half the speed."""
    grad_x = Linear.backward(self, grad_out)
    return None if grad_x is None else grad_x.astype(np.float64)


@square.wrong("order")
def input_gradient_through_the_transposed_weight(self: Linear, grad_out: Array) -> Array | None:
    """The forward pass multiplies by weight.T, so the way back multiplies by weight, not by weight.T again."""
    return None if Linear.backward(self, grad_out) is None else grad_out @ self.weight.data.T


@square.wrong("order")
def weight_gradient_transposed(self: Linear, grad_out: Array) -> Array | None:
    """The gradient of the weight is x.T @ grad_out, which has the shape (in, out); the weight is (out, in)."""
    x = self.saved()
    self.weight.grad += x.T @ grad_out - grad_out.T @ x
    return Linear.backward(self, grad_out)


@square.wrong("order")
def bias_gradient_summed_over_the_wrong_axis(self: Linear, grad_out: Array) -> Array | None:
    """The sum runs over the features instead of the rows; with as many rows as features the shape does not tell."""
    if self.bias is not None:
        self.bias.grad += grad_out.sum(axis=1) - grad_out.sum(axis=0)
    return Linear.backward(self, grad_out)


@maxout.wrong("mask")
def gradient_to_all_maps(self: Maxout, grad_out: Array) -> Array | None:
    """All maps get the gradient, also those that lost and had no part in the output."""
    entry, winner = self.saved()
    total = None
    for piece in range(self.k):
        self.cache = self.cache._replace(entry=entry, winner=np.full_like(winner, piece))
        grad_x = Maxout.backward(self, grad_out)
        total = grad_x if total is None or grad_x is None else total + grad_x
    self.cache = self.cache._replace(winner=winner)
    return total


@maxout.wrong("mask")
def gradient_to_the_next_map(self: Maxout, grad_out: Array) -> Array | None:
    """The number of the winner is off by one."""
    cache = self.saved()
    self.cache = cache._replace(winner=(cache.winner + 1) % self.k)
    grad_x = Maxout.backward(self, grad_out)
    self.cache = cache
    return grad_x


@maxout.wrong("mean")
def gradient_shared_among_the_maps(self: Maxout, grad_out: Array) -> Array | None:
    """The winner gets one k-th of the gradient, as if the output were the mean of the maps."""
    return Maxout.backward(self, grad_out / self.k)
