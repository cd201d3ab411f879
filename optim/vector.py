"""Parameters as one flat vector: their values, their gradients, and a vector put in their place."""

from collections.abc import Iterable

import numpy as np

from ..layers.core import Array, Parameter

__all__ = ["gradient_vector", "place", "split", "value_vector"]


def value_vector(parameters: Iterable[Parameter]) -> Array:
    """Return a copy of all values, one parameter behind the other.

    Example:
        >>> from chainrule.optim.vector import value_vector
        >>> value_vector([Parameter(np.ones((2, 2))), Parameter(np.zeros(1))]).tolist()
        [1.0, 1.0, 1.0, 1.0, 0.0]
    """
    return np.concatenate([parameter.data.ravel() for parameter in parameters])


def gradient_vector(parameters: Iterable[Parameter]) -> Array:
    """Return a copy of all gradients; those of frozen and unreached parameters are zero."""
    return np.concatenate([parameter.grad.ravel() if parameter.reached and parameter.requires_grad
                           else np.zeros(parameter.size, parameter.dtype) for parameter in parameters])


def split(parameters: Iterable[Parameter], vector: Array) -> list[Array]:
    """Return the pieces of a vector in the parameters' shapes and dtypes."""
    parameters = list(parameters)
    ends = np.cumsum([parameter.size for parameter in parameters])
    return [np.asarray(piece.reshape(parameter.shape), parameter.dtype)
            for parameter, piece in zip(parameters, np.split(vector, ends[:-1]), strict=True)]


def place(parameters: Iterable[Parameter], vector: Array) -> None:
    """Make a vector the values of the parameters."""
    parameters = list(parameters)
    for parameter, piece in zip(parameters, split(parameters, vector), strict=True):
        parameter.data = piece
