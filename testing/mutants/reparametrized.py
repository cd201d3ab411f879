"""Wrong backwards of weights that are computed from other parameters."""

import numpy as np

from ...layers import Linear, SpectralNorm, WeightNorm
from ...layers.core import Array, Layer, Parameter
from ...layers.norms.spectral_norm import SpectralNormOrigin
from ...layers.norms.weight_norm import WeightNormOrigin
from .mutant import Subject

__all__ = ["SUBJECTS"]

length = Subject(WeightNorm, lambda: WeightNorm(Linear(5, 3)), ((7, 5),))
spectral = Subject(SpectralNorm, lambda: SpectralNorm(Linear(4, 3), n_power_iterations=300), ((7, 4),))

SUBJECTS = (length, spectral)


def add(layer: WeightNorm, grad_g: Array, grad_v: Array) -> None:
    """Add to the gradients of length and direction, where they are wanted."""
    for name, value in (("weight_g", grad_g), ("weight_v", grad_v)):
        add_to(layer, name, value)


def add_to(layer: Layer, name: str, value: Array) -> None:
    """Add to the gradient of one parameter, where it is wanted."""
    parameter: Parameter = getattr(layer, name)
    if parameter.requires_grad:
        parameter.grad += value


def length_of(layer: WeightNorm) -> Array:
    """Return the length that every slice is given."""
    return np.asarray(vars(layer)["weight_g"].data)


def row_sums(values: Array) -> Array:
    """Return the sums over every slice."""
    return np.asarray(values.sum(axis=1, keepdims=True))


@length.wrong("path", "compute_backward")
def norm_taken_as_constant(self: WeightNorm, grad_weight: Array, origin: WeightNormOrigin) -> None:
    """The direction's own length is divided out, so a change along it does nothing; that projection is missing."""
    v, norm = origin
    add(self, row_sums(grad_weight * v / norm), grad_weight * length_of(self) / norm)


@length.wrong("factor", "compute_backward")
def direction_not_of_length_one(self: WeightNorm, grad_weight: Array, origin: WeightNormOrigin) -> None:
    """The gradient of the length is taken along v, not along v / norm."""
    v, norm = origin
    along = row_sums(grad_weight * v / norm)
    add(self, row_sums(grad_weight * v), (grad_weight - along * v / norm) * length_of(self) / norm)


@length.wrong("factor", "compute_backward")
def length_forgotten(self: WeightNorm, grad_weight: Array, origin: WeightNormOrigin) -> None:
    """The gradient of the direction is not multiplied by the length that it is given."""
    v, norm = origin
    along = row_sums(grad_weight * v / norm)
    add(self, along, (grad_weight - along * v / norm) / norm)


@length.wrong("order", "compute_backward")
def one_length_for_all(self: WeightNorm, grad_weight: Array, origin: WeightNormOrigin) -> None:
    """The products are summed over the whole weight, as with dim=None, where every row has a length of its own."""
    v, norm = origin
    along = np.full_like(norm, (grad_weight * v / norm).sum())
    add(self, along, (grad_weight - along * v / norm) * length_of(self) / norm)


@length.wrong("sign", "compute_backward")
def projection_added(self: WeightNorm, grad_weight: Array, origin: WeightNormOrigin) -> None:
    """The part along the direction is added where it must be taken away."""
    v, norm = origin
    along = row_sums(grad_weight * v / norm)
    add(self, along, (grad_weight + along * v / norm) * length_of(self) / norm)


@spectral.wrong("path", "compute_backward")
def singular_value_taken_as_constant(self: SpectralNorm, grad_weight: Array, origin: SpectralNormOrigin) -> None:
    """The singular value depends on the weight; the gradient is divided by it as if it were a number."""
    add_to(self, "weight_orig", grad_weight / origin.sigma)


@spectral.wrong("factor", "compute_backward")
def divided_twice_by_the_singular_value(self: SpectralNorm, grad_weight: Array, origin: SpectralNormOrigin) -> None:
    """The path through the singular value is divided by its square, but the weight it meets is divided already."""
    sigma, u, v, weight = origin
    along = (grad_weight * weight).sum()
    add_to(self, "weight_orig", grad_weight / sigma - along * np.outer(u, v) / sigma**2)


@spectral.wrong("sign", "compute_backward")
def singular_value_added(self: SpectralNorm, grad_weight: Array, origin: SpectralNormOrigin) -> None:
    """A larger singular value makes the weight smaller, so its path is to be subtracted."""
    sigma, u, v, weight = origin
    add_to(self, "weight_orig", (grad_weight + (grad_weight * weight).sum() * np.outer(u, v)) / sigma)


@spectral.wrong("formula", "compute_backward")
def frobenius_norm_differentiated(self: SpectralNorm, grad_weight: Array, origin: SpectralNormOrigin) -> None:
    """The gradient is that of a weight divided by its root of squares, not by its largest singular value."""
    sigma, _, _, weight = origin
    unit = weight / np.linalg.norm(weight)
    add_to(self, "weight_orig", (grad_weight - (grad_weight * unit).sum() * unit) / sigma)
