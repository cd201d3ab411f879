"""Local response normalisation: every value divided by the energy of its neighbours among the channels."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import Array, Description, Kept, Layer, Shape, Size, as_dtype, check_shape, check_size

__all__ = ["CrossMapLRN2d", "LocalResponseNorm"]


class LocalResponseNormCache(NamedTuple):
    """The input, and the energy ``d`` of every neighbourhood."""

    x: Array
    d: Array


class LocalResponseNorm(Layer):
    """Values divided by the energy of ``size`` neighbouring channels, ``y = x * d**-beta``.

    ``d[c] = k + alpha / size * (sum of x[j]**2 over the channels j near c)``, from ``c - size // 2`` on.

    Shapes:
        x, y: (N, C, …)

    Gradients:
        grad_x[j] = grad_out[j] * d[j]**-beta
                    - 2 * alpha * beta / size * x[j] * (sum of grad_out[c] * x[c] * d[c]**(-beta - 1) over c near j)

    Cost: two sums of neighbours; keeps ``x`` and ``d``.

    Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3; torch.nn.LocalResponseNorm.

    Example:
        >>> LocalResponseNorm(2, alpha=2.0, beta=1.0).forward(np.ones((1, 2, 1))).ravel().tolist()
        [0.5, 0.3333333333333333]
    """

    def __init__(self, size: Size, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        self.size = check_size(size, "size", type(self).__name__)
        self.alpha = alpha
        self.beta = beta
        self.k = k

    @property
    def reach(self) -> tuple[int, int]:
        """How many channels before and behind count as near."""
        return self.size // 2, (self.size - 1) // 2

    def forward(self, x: Array) -> Array:
        self._check(x)
        d = self.k + self.alpha / self.size * self._near(x * x, *self.reach)
        self.cache = LocalResponseNormCache(x, d)
        return np.asarray(x * d**-self.beta)

    def backward(self, grad_out: Array) -> Array | None:
        x, d = self.saved()
        check_shape(grad_out, x.shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None
        before, behind = self.reach
        shared = self._near(grad_out * x * d ** (-self.beta - 1), behind, before)
        return as_dtype(grad_out * d**-self.beta - self._rate() * self.beta * x * shared, x.dtype)

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, d = self.point()
        self.tangent = (x_dot,)
        if x_dot is None:
            return None
        d_dot = self._rate() * self._near(x * x_dot, *self.reach)
        return np.asarray(x_dot * d**-self.beta - self.beta * x * d ** (-self.beta - 1) * d_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        (x_dot,) = self.saved_tangent()
        x, d = self.saved()
        grad_x = self.backward(grad_out)
        grad_x_dot = np.zeros_like(x) if grad_out_dot is None else self.backward(grad_out_dot)
        if x_dot is not None:
            before, behind = self.reach
            rate, beta = self._rate(), self.beta
            d_dot = rate * self._near(x * x_dot, before, behind)
            shared = grad_out * x * d ** (-beta - 1)
            shared_dot = grad_out * (x_dot * d ** (-beta - 1) - (beta + 1) * x * d ** (-beta - 2) * d_dot)
            grad_x_dot = (grad_x_dot - beta * grad_out * d ** (-beta - 1) * d_dot - rate * beta * (
                x_dot * self._near(shared, behind, before) + x * self._near(shared_dot, behind, before)))
        return grad_x, grad_x_dot

    def describe(self, *x_shapes: Shape) -> Description:
        """The energies take one multiply-add for every neighbour."""
        (x_shape,) = x_shapes
        self._check(x_shape)
        size = prod(x_shape)
        return self.description(x_shape, multiply_adds=size * (sum(self.reach) + 2),
                                kept=(Kept("x0", size), Kept("d", size)))

    def _check(self, x: Array | Shape) -> None:
        axes = len(x if isinstance(x, tuple) else np.shape(x))
        check_shape(x, ("N", "C", *(f"L{axis}" for axis in range(max(1, axes - 2)))), name="x", owner=self)

    def _rate(self) -> float:
        return 2 * self.alpha / self.size

    def _near(self, values: Array, before: int, behind: int) -> Array:
        """Return the sum over the channels from ``before`` less to ``behind`` more."""
        total, channels = values.copy(), values.shape[1]
        for step in range(1, min(before, channels - 1) + 1):
            total[:, step:] += values[:, :-step]
        for step in range(1, min(behind, channels - 1) + 1):
            total[:, :-step] += values[:, step:]
        return total


class CrossMapLRN2d(LocalResponseNorm):
    """Local response normalisation of images whose neighbourhood is symmetric, also for an even ``size``.

    Shapes:
        x, y: (N, C, H, W)

    Gradients:
        as LocalResponseNorm, with the channels from ``c - (size - 1) // 2`` to ``c + (size - 1) // 2`` near c

    Cost: as LocalResponseNorm.

    Source: THNN's SpatialCrossMapLRN. (torch.nn.CrossMapLRN2d 2.13 never takes the first channel out of its running
    sum, so its numbers differ from its own formula; these follow the formula.)

    Example:
        >>> CrossMapLRN2d(3, alpha=3.0, beta=1.0).forward(np.ones((1, 3, 1, 1))).ravel().round(3).tolist()
        [0.333, 0.25, 0.333]
    """

    def __init__(self, size: Size, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    @property
    def reach(self) -> tuple[int, int]:
        """How many channels before and behind count as near."""
        return (self.size - 1) // 2, (self.size - 1) // 2

    def _check(self, x: Array | Shape) -> None:
        check_shape(x, ("N", "C", "H", "W"), name="x", owner=self)
