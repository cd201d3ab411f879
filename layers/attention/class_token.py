"""The class token: a learned row in front of every sequence."""

from typing import NamedTuple

import numpy as np

from ..core import Array, Description, Layer, Parameter, Shape, Size, as_dtype, check_shape, check_size

__all__ = ["ClassToken", "ClassTokenCache"]


class ClassTokenCache(NamedTuple):
    """Shape and dtype of the input."""

    x_shape: Shape
    dtype: np.dtype[np.generic]


class ClassToken(Layer):
    """A learned row in front of every sequence, ``y[..., 0, :] = weight`` and ``y[..., 1:, :] = x``.

    Attention lets the row gather from all places what a classifier behind it needs to know of the whole.

    Shapes:
        x:      (..., L, embed_dim)
        weight: (embed_dim,)
        y:      (..., L + 1, embed_dim)

    Gradients:
        grad_x      = grad_out[..., 1:, :]
        grad_weight = grad_out[..., 0, :], summed over the sequences

    Cost: a copy of ``x``; keeps nothing.

    Source: Devlin et al. 2019 ([CLS]); Dosovitskiy et al. 2021, equation 1; zero at first, as in torchvision.

    Example:
        >>> ClassToken(3).forward(np.ones((2, 3))).tolist()
        [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """

    locally_linear = True

    def __init__(self, embed_dim: Size) -> None:
        self.embed_dim = check_size(embed_dim, "embed_dim", "ClassToken")
        self.weight = Parameter(np.zeros(embed_dim))

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., "L", self.embed_dim), name="x", owner=self)
        self.cache = ClassTokenCache(x.shape, x.dtype)
        return _joined(self.weight.data, as_dtype(x, self.weight.dtype))

    def backward(self, grad_out: Array) -> Array | None:
        x_shape, dtype = self.saved()
        check_shape(grad_out, _longer(x_shape), name="grad_out", owner=self)
        if self.weight.requires_grad:
            self.weight.grad += _first(grad_out)
        return as_dtype(grad_out[..., 1:, :], dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x_shape, _ = self.point()
        self.tangent = ()
        weight_dot = self.weight.dot
        if x_dot is None and weight_dot is None:
            return None
        dtype = self.weight.dtype
        return _joined(np.zeros(self.embed_dim, dtype) if weight_dot is None else weight_dot,
                       np.zeros(x_shape, dtype) if x_dot is None else x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        self.saved_tangent()
        grad_x = self.backward(grad_out)
        if grad_out_dot is None:
            return grad_x, None
        if self.weight.requires_grad:
            self.weight.grad_dot += _first(grad_out_dot)
        return grad_x, grad_out_dot[..., 1:, :]

    def describe(self, *x_shapes: Shape) -> Description:
        """One place more."""
        (x_shape,) = x_shapes
        check_shape(x_shape, (..., "L", self.embed_dim), name="x", owner=self)
        return self.description(_longer(x_shape))


def _joined(row: Array, x: Array) -> Array:
    return np.concatenate([np.broadcast_to(row, (*x.shape[:-2], 1, x.shape[-1])), x], axis=-2)


def _first(grad_out: Array) -> Array:
    first: Array = grad_out[..., 0, :].reshape(-1, grad_out.shape[-1]).sum(axis=0)
    return first


def _longer(x_shape: Shape) -> Shape:
    return (*x_shape[:-2], x_shape[-2] + 1, x_shape[-1])
