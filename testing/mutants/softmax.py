"""Wrong backwards of outputs that compete."""

import numpy as np

from ...layers import LogSoftmax, Softmax
from ...layers.core import Array
from .mutant import Subject

__all__ = ["SUBJECTS"]

softmax = Subject(Softmax, lambda: Softmax(1), ((4, 3, 4),), batch_axis=None)
log_softmax = Subject(LogSoftmax, lambda: LogSoftmax(1), ((4, 3, 4),), batch_axis=None)

SUBJECTS = (softmax, log_softmax)


@softmax.wrong("path")
def diagonal_of_the_jacobian_only(self: Softmax, grad_out: Array) -> Array:
    """Every output depends on every score, but only y * (1 - y), the slope for its own score, is used."""
    y = self.saved()
    return np.asarray(grad_out * y * (1 - y), y.dtype)


@softmax.wrong("path")
def sum_over_the_others_forgotten(self: Softmax, grad_out: Array) -> Array:
    """The gradient is y * (grad_out - sum(grad_out * y)), here without the sum."""
    y = self.saved()
    return np.asarray(grad_out * y, y.dtype)


@softmax.wrong("formula")
def sum_not_weighted_by_y(self: Softmax, grad_out: Array) -> Array:
    """The sum that is subtracted is that of grad_out * y, here of grad_out."""
    y = self.saved()
    return np.asarray(y * (grad_out - grad_out.sum(axis=self.dim, keepdims=True)), y.dtype)


@softmax.wrong("order")
def summed_over_the_last_axis(self: Softmax, grad_out: Array) -> Array:
    """The sum runs over the last axis instead of the one along which the outputs compete."""
    y = self.saved()
    return np.asarray(y * (grad_out - (grad_out * y).sum(axis=-1, keepdims=True)), y.dtype)


@softmax.wrong("upstream")
def zero_as_for_an_upstream_of_ones(self: Softmax, grad_out: Array) -> Array:
    """The outputs sum to one, so an upstream gradient of ones gives zero; checks that use no other believe this."""
    return np.zeros_like(self.saved())


@softmax.wrong("formula")
def left_to_the_loss(self: Softmax, grad_out: Array) -> Array:
    """The gradient is handed on unchanged, as if a cross-entropy loss behind had folded the softmax in."""
    return grad_out.astype(self.saved().dtype)


@softmax.wrong("sign")
def sum_added(self: Softmax, grad_out: Array) -> Array:
    """The sum over the others is added where it must be subtracted."""
    y = self.saved()
    return np.asarray(y * (grad_out + (grad_out * y).sum(axis=self.dim, keepdims=True)), y.dtype)


@log_softmax.wrong("path")
def logarithm_of_the_sum_forgotten(self: LogSoftmax, grad_out: Array) -> Array:
    """The gradient is handed on unchanged: the path through the logarithm of the sum is missing."""
    return grad_out.astype(self.saved().dtype)


@log_softmax.wrong("formula")
def exponential_of_y_forgotten(self: LogSoftmax, grad_out: Array) -> Array:
    """The sum is weighted by the log-probabilities instead of by the probabilities exp(y)."""
    y = self.saved()
    return np.asarray(grad_out - y * grad_out.sum(axis=self.dim, keepdims=True), y.dtype)


@log_softmax.wrong("formula")
def backward_of_softmax(self: LogSoftmax, grad_out: Array) -> Array:
    """The Jacobian is that of softmax itself; the logarithm is forgotten."""
    y = np.exp(self.saved())
    return np.asarray(y * (grad_out - (grad_out * y).sum(axis=self.dim, keepdims=True)), y.dtype)


@log_softmax.wrong("order")
def upstream_summed_over_the_batch(self: LogSoftmax, grad_out: Array) -> Array:
    """The upstream gradients are summed over the batch instead of over the classes."""
    y = self.saved()
    return np.asarray(grad_out - np.exp(y) * grad_out.sum(axis=0, keepdims=True), y.dtype)


@log_softmax.wrong("upstream")
def upstream_sum_taken_as_one(self: LogSoftmax, grad_out: Array) -> Array:
    """The sum of the upstream gradients is left out, which is right only behind a loss that picks one class."""
    y = self.saved()
    return np.asarray(grad_out - np.exp(y), y.dtype)
