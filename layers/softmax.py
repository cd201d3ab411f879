"""Softmax and its logarithm: the outputs along one axis compete, so the Jacobian is not diagonal."""

from math import prod

import numpy as np

from .core import Array, Description, Kept, Layer, Shape, ShapeError, as_dtype, check_shape, show_shape
from .kernels import softmax_rows, softmax_rows_back

__all__ = ["LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class _Competing(Layer):
    """What the two share: a function along axis ``dim`` that keeps its output."""

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def value(self, x: Array) -> Array:
        raise NotImplementedError(f"{type(self).__name__}.value")

    def transposed(self, grad_out: Array, y: Array) -> Array:
        raise NotImplementedError(f"{type(self).__name__}.transposed")

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        self._check_axis(x.shape)
        self.cache = self.value(x)
        return np.asarray(self.cache)

    def backward(self, grad_out: Array) -> Array | None:
        y = self.saved()
        check_shape(grad_out, y.shape, name="grad_out", owner=self)
        return as_dtype(self.transposed(grad_out, y), y.dtype) if self.needs_input_grad else None

    def describe(self, *x_shapes: Shape) -> Description:
        """The output is kept."""
        (x_shape,) = x_shapes
        self._check_axis(x_shape)
        return self.description(x_shape, kept=(Kept("y0", prod(x_shape)),))

    def _check_axis(self, x_shape: Shape) -> None:
        if not -len(x_shape) <= self.dim < len(x_shape):
            raise ShapeError(f"{self.title} expected x with an axis {self.dim}, got {show_shape(x_shape)}")

    def _sum(self, values: Array) -> Array:
        return np.asarray(values.sum(axis=self.dim, keepdims=True))

    def _rows(self, x: Array) -> Array:
        """Return ``x`` as a matrix whose rows compete: axis ``dim`` comes last."""
        return np.ascontiguousarray(np.moveaxis(x, self.dim, -1)).reshape(-1, x.shape[self.dim])

    def _back_from_rows(self, rows: Array, like: Array) -> Array:
        moved = np.moveaxis(like, self.dim, -1).shape
        return np.ascontiguousarray(np.moveaxis(rows.reshape(moved), -1, self.dim))


class Softmax(_Competing):
    """Probabilities from scores, ``y = exp(x) / sum(exp(x))`` along axis ``dim``.

    Shapes:
        x, y: any; y sums to one along ``dim``

    Gradients:
        grad_x = y * (grad_out - sum(grad_out * y))         the Jacobian is diag(y) - y y.T, never formed

    Cost: no multiply-adds counted; keeps ``y``. To train on class labels put CrossEntropyLoss on the scores instead.

    Source: Bridle 1990; the largest score is subtracted first, which changes nothing but overflow.

    Example:
        >>> Softmax().forward(np.array([[0.0, np.log(3.0)]])).round(3).tolist()
        [[0.25, 0.75]]
    """

    sign = 1                # of the scores: low ones are favoured with -1

    def value(self, x: Array) -> Array:
        y, _, _ = softmax_rows(self._rows(x if self.sign == 1 else -x))
        return self._back_from_rows(y, x)

    def transposed(self, grad_out: Array, y: Array) -> Array:
        grad_x = softmax_rows_back(self._rows(grad_out), self._rows(as_dtype(y, grad_out.dtype)))
        return self._back_from_rows(grad_x if self.sign == 1 else -grad_x, y)

    def jvp(self, x_dot: Array | None) -> Array | None:
        y = self.point()
        y_dot = None if x_dot is None else self.transposed(x_dot, y)       # the Jacobian is symmetric
        self.tangent = (y_dot,)
        return y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (y_dot,) = self.saved_tangent()
        y = self.saved()
        grad_x_dot = np.zeros_like(y) if grad_out_dot is None else self.transposed(grad_out_dot, y)
        if y_dot is not None:
            moved = y_dot * (grad_out - self._sum(grad_out * y)) - y * self._sum(grad_out * y_dot)
            grad_x_dot = grad_x_dot + self.sign * moved
        return self.backward(grad_out), grad_x_dot


class LogSoftmax(_Competing):
    """Logarithm of the softmax, ``y = x - log(sum(exp(x)))`` along axis ``dim``.

    Shapes:
        x, y: any

    Gradients:
        grad_x = grad_out - exp(y) * sum(grad_out)

    Cost: no multiply-adds counted; keeps ``y``.

    Source: log-sum-exp with the largest score taken out, Blanchard, Higham & Higham 2021.

    Example:
        >>> np.exp(LogSoftmax().forward(np.array([[0.0, np.log(3.0)]]))).round(3).tolist()
        [[0.25, 0.75]]
    """

    def value(self, x: Array) -> Array:
        shifted = x - x.max(axis=self.dim, keepdims=True)
        return np.asarray(shifted - np.log(self._sum(np.exp(shifted))))

    def transposed(self, grad_out: Array, y: Array) -> Array:
        grad_x: Array = grad_out - np.exp(y) * self._sum(grad_out)
        return grad_x

    def jvp(self, x_dot: Array | None) -> Array | None:
        y = self.point()
        y_dot = None if x_dot is None else x_dot - self._sum(np.exp(y) * x_dot)
        self.tangent = (y_dot,)
        return y_dot

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (y_dot,) = self.saved_tangent()
        y = self.saved()
        grad_x_dot = np.zeros_like(y) if grad_out_dot is None else self.transposed(grad_out_dot, y)
        if y_dot is not None:
            grad_x_dot = grad_x_dot - np.exp(y) * y_dot * self._sum(grad_out)
        return self.backward(grad_out), grad_x_dot


class Softmin(Softmax):
    """Probabilities that favour low scores, ``y = exp(-x) / sum(exp(-x))`` along axis ``dim``.

    Gradients:
        grad_x = -y * (grad_out - sum(grad_out * y))

    Cost: as Softmax.

    Source: torch.nn.Softmin.

    Example:
        >>> Softmin().forward(np.array([[0.0, np.log(3.0)]])).round(3).tolist()
        [[0.75, 0.25]]
    """

    sign = -1


class Softmax2d(Softmax):
    """Softmax over the channels of every pixel.

    Shapes:
        x, y: (N, C, H, W) or (C, H, W)

    Gradients:
        grad_x = y * (grad_out - sum(grad_out * y)), sums over the channels

    Cost: as Softmax.

    Source: torch.nn.Softmax2d.

    Example:
        >>> Softmax2d().forward(np.zeros((4, 1, 1))).ravel().tolist()
        [0.25, 0.25, 0.25, 0.25]
    """

    def __init__(self) -> None:
        super().__init__(-3)

    def _check_axis(self, x_shape: Shape) -> None:
        if len(x_shape) not in (3, 4):
            raise ShapeError(f"Softmax2d() expected x of shape (N, C, H, W) or (C, H, W), got {show_shape(x_shape)}")
