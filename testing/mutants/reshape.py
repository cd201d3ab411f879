"""Wrong backwards of layers that only rearrange, and of dropout, which only masks."""

import numpy as np

from ...layers import Dropout, Flatten, Identity, Unflatten
from ...layers.core import Array, Shape
from .mutant import Subject

__all__ = ["SUBJECTS"]

flatten = Subject(Flatten, Flatten, ((4, 3, 2),))
unflatten = Subject(Unflatten, lambda: Unflatten(1, (3, 2)), ((4, 6),))
identity = Subject(Identity, Identity, ((4, 3),))
dropout = Subject(Dropout, lambda: Dropout(0.3), ((7, 5),))

SUBJECTS = (flatten, unflatten, identity, dropout)


@flatten.wrong("order", method="adjoint")
def gradient_in_column_order(self: Flatten, grad_out: Array, x_shape: Shape) -> Array:
    """The gradient is put into the shape of x column by column; the values were read row by row."""
    return grad_out.reshape(x_shape, order="F")


@flatten.wrong("batch", method="adjoint")
def batch_flattened_along(self: Flatten, grad_out: Array, x_shape: Shape) -> Array:
    """The batch axis is taken for the last, so the gradients of different examples get mixed."""
    return grad_out.T.reshape(x_shape)


@unflatten.wrong("order", method="adjoint")
def axes_transposed_on_the_way_back(self: Unflatten, grad_out: Array, x_shape: Shape) -> Array:
    """The split axes are exchanged before they are joined again."""
    return grad_out.swapaxes(1, 2).reshape(x_shape)


@identity.wrong("upstream", method="adjoint")
def ones_for_the_identity(self: Identity, grad_out: Array, x_shape: Shape) -> Array:
    """The derivative of the identity is one, but the chain rule multiplies it by the upstream gradient."""
    return np.ones_like(grad_out)


@dropout.wrong("factor")
def scale_missing(self: Dropout, grad_out: Array) -> Array | None:
    """The forward pass divides by 1 - p, so the gradient must as well."""
    return Dropout.backward(self, grad_out * (1 - self.p)) if self.cache and self.cache.mask is not None \
        else Dropout.backward(self, grad_out)


@dropout.wrong("factor")
def scaled_by_p(self: Dropout, grad_out: Array) -> Array | None:
    """The gradient is divided by p, the part left out, instead of by 1 - p, the part kept."""
    return Dropout.backward(self, grad_out if self.saved().mask is None else grad_out * (1 - self.p) / self.p)


@dropout.wrong("mask")
def mask_forgotten(self: Dropout, grad_out: Array) -> Array | None:
    """The gradient also flows into values that were left out."""
    cache = self.saved()
    return grad_out.astype(cache.dtype) if cache.mask is None else (grad_out * cache.scale).astype(cache.dtype)


@dropout.wrong("mask")
def mask_inverted(self: Dropout, grad_out: Array) -> Array | None:
    """The gradient flows into the values that were left out, and into no other."""
    cache = self.saved()
    self.cache = cache if cache.mask is None else cache._replace(mask=~cache.mask)
    grad_x = Dropout.backward(self, grad_out)
    self.cache = cache
    return grad_x


@dropout.wrong("mask")
def mask_drawn_anew(self: Dropout, grad_out: Array) -> Array | None:
    """The backward pass draws a mask of its own instead of using that of the forward pass."""
    cache = self.saved()
    fresh = np.random.default_rng(0).random(cache.x_shape) >= self.p
    self.cache = cache if cache.mask is None else cache._replace(mask=fresh)
    grad_x = Dropout.backward(self, grad_out)
    self.cache = cache
    return grad_x


@dropout.wrong("mode")
def mode_asked_on_the_way_back(self: Dropout, grad_out: Array) -> Array | None:
    """Backward asks whether the layer is training now; what counts is how the forward pass ran."""
    return Dropout.backward(self, grad_out) if self.training else grad_out.astype(self.saved().dtype)


@dropout.wrong("mode")
def scaled_in_evaluation(self: Dropout, grad_out: Array) -> Array | None:
    """The gradient is divided by 1 - p in evaluation too, where the forward pass does nothing."""
    return Dropout.backward(self, grad_out if self.saved().mask is not None else grad_out / (1 - self.p))


@dropout.wrong("cache", method="forward")
def first_mask_kept(self: Dropout, x: Array) -> Array:
    """The mask is kept in an attribute of its own when there is none yet, so backward never sees a later one."""
    y = Dropout.forward(self, x)
    mask = vars(self).setdefault("_mask", self.cache.mask)
    if mask is not None and mask.shape == x.shape:
        self.cache = self.cache._replace(mask=mask)
    return y
