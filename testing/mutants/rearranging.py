"""Wrong backwards of layers that cut images into windows, exchange axes, or take one of many."""

import numpy as np

from ...layers import Fold, Take, Transpose, Unfold
from ...layers.core import Array, Shape
from .mutant import Subject

__all__ = ["SUBJECTS"]

transpose = Subject(Transpose, lambda: Transpose(1, 2), ((2, 3, 3),))
unfold = Subject(Unfold, lambda: Unfold(2), ((2, 3, 4, 3),))
fold = Subject(Fold, lambda: Fold((4, 3), 2), ((2, 12, 6),))
take = Subject(Take, lambda: Take(-1), ((4, 3, 2),))

SUBJECTS = (transpose, unfold, fold, take)


@transpose.wrong("order", method="adjoint")
def not_transposed_back(self: Transpose, grad_out: Array, x_shape: Shape) -> Array:
    """Where the exchanged axes are of one size, the gradient fits as it is."""
    return grad_out.reshape(x_shape)


@unfold.wrong("accumulate", method="adjoint")
def overlapping_columns_overwritten(self: Unfold, grad_out: Array, x_shape: Shape) -> Array:
    """Where windows overlap, the last one's gradient is kept instead of the sum."""
    grad_x = np.zeros(x_shape, grad_out.dtype)
    for window in range(grad_out.shape[-1]):
        alone = np.zeros_like(grad_out)
        alone[..., window] = grad_out[..., window]
        part = Unfold.adjoint(self, alone, x_shape)
        grad_x = np.where(part != 0, part, grad_x)
    return grad_x


@fold.wrong("mean", method="adjoint")
def overlaps_averaged(self: Fold, grad_out: Array, x_shape: Shape) -> Array:
    """Values that were added to one place all get its gradient, not a share of it."""
    counts = self.apply(Fold.adjoint(self, np.ones_like(grad_out), x_shape))
    return Fold.adjoint(self, grad_out / counts, x_shape)


@take.wrong("order", method="adjoint")
def first_taken_for_the_last(self: Take, grad_out: Array, x_shape: Shape) -> Array:
    """The last entry was taken, and the first one gets the gradient."""
    return Take(0, self.dim).adjoint(grad_out, x_shape)


@take.wrong("mean", method="adjoint")
def shared_by_all_entries(self: Take, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is spread over all entries, as if their mean had been taken."""
    return np.broadcast_to(np.expand_dims(grad_out, self.dim) / x_shape[self.dim], x_shape)
