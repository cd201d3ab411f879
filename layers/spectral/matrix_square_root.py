"""Square roots of positive definite matrices by products alone, no eigenvectors."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import (
    Array,
    Description,
    Kept,
    Layer,
    NonFiniteError,
    Shape,
    Size,
    as_dtype,
    check_shape,
    check_size,
)
from .square import check_square, symmetric

__all__ = ["MatrixSquareRoot", "MatrixSquareRootCache"]


class MatrixSquareRootCache(NamedTuple):
    """The symmetric input, its norm, and the iterates: (iterations + 1, ..., d, d)."""

    x: Array
    norm: Array
    roots: Array
    inverses: Array


class MatrixSquareRoot(Layer):
    """Symmetric square root, ``y @ y = x``, of the symmetric part of ``x``, by ``iterations`` of Newton and Schulz.

    ``step = (3 * I - inverse @ root) / 2``, ``root = root @ step``, ``inverse = step @ inverse``, from
    ``root = x / norm(x)`` and ``inverse = I``; ``y = root * sqrt(norm(x))``. The error falls quadratically once an
    eigenvalue is near; before that each iteration makes up a factor 2.25, so 20 serve a condition of about 10⁵.
    The gradient is that of the iterations, and finite where eigenvalues meet.

    Shapes:
        x, y: (..., d, d)

    Gradients:
        grad_step    = root.T @ grad_root + grad_inverse @ inverse.T
        grad_root    = grad_root @ step.T - inverse.T @ grad_step / 2
        grad_inverse = step.T @ grad_inverse - grad_step @ root.T / 2, from the last iteration to the first

    Cost: 3·d³ multiply-adds per iteration and matrix, twice that backward; keeps ``x`` and all iterates.

    Raises: NonFiniteError where the iterations leave all bounds, as for negative eigenvalues.

    Source: Higham 2008, equation 6.35; Lin & Maji 2017; Li, Xie, Wang & Gao 2018 (iSQRT-COV).

    Example:
        >>> MatrixSquareRoot().forward(np.array([[5.0, 4.0], [4.0, 5.0]])).round(6).tolist()
        [[2.0, 1.0], [1.0, 2.0]]
    """

    def __init__(self, iterations: Size = 20) -> None:
        self.iterations = check_size(iterations, "iterations", "MatrixSquareRoot")

    def forward(self, x: Array) -> Array:
        check_square(x, self)
        x = symmetric(x)
        norm = np.sqrt(np.square(x).sum(axis=(-2, -1), keepdims=True))
        with np.errstate(all="ignore"):
            roots, inverses = [x / norm], [np.broadcast_to(np.eye(x.shape[-1], dtype=x.dtype), x.shape)]
            for _ in range(self.iterations):
                step = _step(roots[-1], inverses[-1])
                roots.append(roots[-1] @ step)
                inverses.append(step @ inverses[-1])
        if not np.isfinite(roots[-1]).all():
            raise NonFiniteError(f"{self.title} expected x positive definite, got a matrix for which the iterations do "
                                 f"not converge; add a small multiple of the identity")
        self.cache = MatrixSquareRootCache(x, norm, np.stack(roots), np.stack(inverses))
        return np.asarray(roots[-1] * np.sqrt(norm))

    def backward(self, grad_out: Array) -> Array | None:
        x, norm, roots, inverses = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        grad_root, grad_inverse = grad_out * np.sqrt(norm), np.zeros_like(x)
        grad_norm = _sum(grad_out * roots[-1]) / (2 * np.sqrt(norm))
        for root, inverse in zip(roots[-2::-1], inverses[-2::-1], strict=True):
            grad_root, grad_inverse = _back(root, inverse, grad_root, grad_inverse)
        grad_norm -= _sum(grad_root * x) / norm**2
        return as_dtype(symmetric(grad_root / norm + grad_norm * x / norm), x.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, norm, roots, inverses = self.point()
        if x_dot is None:
            self.tangent = (None, None, None, None)
            return None
        x_dot = symmetric(x_dot)
        norm_dot = _sum(x * x_dot) / norm
        roots_dot, inverses_dot = [x_dot / norm - norm_dot * x / norm**2], [np.zeros_like(x)]
        for root, inverse in zip(roots[:-1], inverses[:-1], strict=True):
            root_dot, inverse_dot = roots_dot[-1], inverses_dot[-1]
            step, step_dot = _step(root, inverse), -(inverse_dot @ root + inverse @ root_dot) / 2
            roots_dot.append(root_dot @ step + root @ step_dot)
            inverses_dot.append(step_dot @ inverse + step @ inverse_dot)
        self.tangent = (x_dot, norm_dot, np.stack(roots_dot), np.stack(inverses_dot))
        return np.asarray(roots_dot[-1] * np.sqrt(norm) + roots[-1] * norm_dot / (2 * np.sqrt(norm)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        x_dot, norm_dot, roots_dot, inverses_dot = self.saved_tangent()
        x, norm, roots, inverses = self.saved()
        grad_x = self.backward(grad_out)
        along = np.zeros_like(x) if grad_out_dot is None else self.backward(grad_out_dot)
        if x_dot is None or grad_x is None:
            return grad_x, along
        scale, scale_dot = np.sqrt(norm), norm_dot / (2 * np.sqrt(norm))
        grads = grad_out * scale, np.zeros_like(x)
        dots = grad_out * scale_dot, np.zeros_like(x)       # of the gradients, while grad_out stays as it is
        for number in reversed(range(self.iterations)):
            point = roots[number], inverses[number]
            point_dot = roots_dot[number], inverses_dot[number]
            dots = _back_along(point, point_dot, grads, dots)
            grads = _back(*point, *grads)
        (grad_root, _), (grad_root_dot, _) = grads, dots
        energy, through = _sum(grad_out * roots[-1]), _sum(grad_root * x)
        grad_norm = energy / (2 * scale) - through / norm**2
        grad_norm_dot = (_sum(grad_out * roots_dot[-1]) / (2 * scale) - energy * scale_dot / (2 * norm)
                         - _sum(grad_root_dot * x + grad_root * x_dot) / norm**2 + 2 * through * norm_dot / norm**3)
        moved = ((grad_root_dot + grad_norm_dot * x + grad_norm * x_dot) / norm
                 - (grad_root + grad_norm * x) * norm_dot / norm**2)
        return grad_x, along + symmetric(moved)

    def describe(self, *x_shapes: Shape) -> Description:
        """Three products for each iteration."""
        (x_shape,) = x_shapes
        check_square(x_shape, self)
        size, iterates = prod(x_shape), (self.iterations + 1) * prod(x_shape)
        return self.description(x_shape, multiply_adds=3 * self.iterations * size * x_shape[-1], field=None, kept=(
            Kept("x", size), Kept("norm", prod(x_shape[:-2])), Kept("roots", iterates), Kept("inverses", iterates)))


def _step(root: Array, inverse: Array) -> Array:
    return np.asarray(1.5 * np.eye(root.shape[-1], dtype=root.dtype) - inverse @ root / 2)


def _back(root: Array, inverse: Array, grad_root: Array, grad_inverse: Array) -> tuple[Array, Array]:
    """Return the gradients of the iterates before an iteration, given those behind it."""
    step, turned_root, turned_inverse = (_transposed(each) for each in (_step(root, inverse), root, inverse))
    grad_step = turned_root @ grad_root + grad_inverse @ turned_inverse
    return (grad_root @ step - turned_inverse @ grad_step / 2, step @ grad_inverse - grad_step @ turned_root / 2)


def _back_along(point: tuple[Array, Array], point_dot: tuple[Array, Array], grads: tuple[Array, Array],
                dots: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return how the results of ``_back`` move with the iterates and with the gradients behind."""
    (root, inverse), (root_dot, inverse_dot), (grad_root, grad_inverse) = point, point_dot, grads
    step_dot = _transposed(-(inverse_dot @ root + inverse @ root_dot) / 2)
    grad_step = _transposed(root) @ grad_root + grad_inverse @ _transposed(inverse)
    grad_step_dot = _transposed(root_dot) @ grad_root + grad_inverse @ _transposed(inverse_dot)
    by_gradients = _back(root, inverse, *dots)
    return (by_gradients[0] + grad_root @ step_dot
            - (_transposed(inverse_dot) @ grad_step + _transposed(inverse) @ grad_step_dot) / 2,
            by_gradients[1] + step_dot @ grad_inverse
            - (grad_step_dot @ _transposed(root) + grad_step @ _transposed(root_dot)) / 2)


def _sum(x: Array) -> Array:
    return np.asarray(x.sum(axis=(-2, -1), keepdims=True))


def _transposed(x: Array) -> Array:
    return x.swapaxes(-1, -2)
