"""DropConnect: an affine map whose weights, not values, are left out at random in training."""

from math import prod
from typing import Annotated, NamedTuple

import numpy as np

from .core import Array, Description, Kept, Shape, Size, Within, as_dtype, check_range, check_shape, default_rng, total
from .linear import Linear

__all__ = ["DropConnect"]


class DropConnectCache(NamedTuple):
    """The input, and what each weight was multiplied by: 0 or 1 / (1 - p), or None for nothing."""

    x: Array
    mask: Array | None


class DropConnect(Linear):
    """Affine map that leaves out each weight with probability ``p`` in training, ``y = x @ (weight * mask).T + bias``.

    Shapes:
        as Linear; mask: (out_features, in_features), 0 or 1 / (1 - p)

    Gradients:
        grad_x      = grad_out @ (weight * mask)
        grad_weight = (grad_out.T @ x) * mask
        grad_bias   = grad_out, summed over the leading axes

    Cost: as Linear, and one random number a weight; keeps ``x`` and the mask.

    Source: Wan, Zeiler, Zhang, LeCun & Fergus 2013; one mask a batch, scaled in training.

    Example:
        >>> DropConnect(3, 2, p=0.5).forward(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(self, in_features: Size, out_features: Size, p: Annotated[float, Within(0, 1, open_high=True)] = 0.5,
                 bias: bool = True, *, rng: np.random.Generator | None = None) -> None:
        super().__init__(in_features, out_features, bias, rng=rng)
        self.p = check_range(p, 0, 1, name="p", owner="DropConnect", open_high=True)
        self.rng = rng

    def forward(self, x: Array) -> Array:
        check_shape(x, (..., self.in_features), name="x", owner=self)
        mask = None
        if self.training and self.p > 0:
            kept = default_rng(self.rng).random(self.weight.shape, dtype=np.float32) >= self.p
            mask = as_dtype(kept / (1 - self.p), self.weight.dtype)
        self.cache = DropConnectCache(x, mask)
        y = as_dtype(x, self.weight.dtype) @ self._masked(self.weight.data).T
        return y if self.bias is None else np.add(y, self.bias.data, out=y)

    def backward(self, grad_out: Array) -> Array | None:
        x = self.saved().x
        check_shape(grad_out, (*x.shape[:-1], self.out_features), name="grad_out", owner=self)
        rows, grad_rows = x.reshape(-1, self.in_features), grad_out.reshape(-1, self.out_features)
        if self.weight.requires_grad:
            self.weight.grad += self._masked(grad_rows.T @ rows)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_rows.sum(axis=0)
        return as_dtype(grad_out @ self._masked(self.weight.data), x.dtype) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, weight_dot = self.point().x, self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        return total(None if x_dot is None else x_dot @ self._masked(self.weight.data).T,
                     None if weight_dot is None else x @ self._masked(weight_dot).T,
                     None if bias_dot is None else np.broadcast_to(bias_dot, (*x.shape[:-1], self.out_features)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, weight_dot = self.saved().x, self.weight.dot
        for left, right in ((grad_out_dot, x), (grad_out, x_dot)):
            if self.weight.requires_grad and left is not None and right is not None:
                product = left.reshape(-1, self.out_features).T @ right.reshape(-1, self.in_features)
                self.weight.grad_dot += self._masked(product)
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += grad_out_dot.reshape(-1, self.out_features).sum(axis=0)
        return grad_x, total(None if grad_out_dot is None else grad_out_dot @ self._masked(self.weight.data),
                             None if weight_dot is None else grad_out @ self._masked(weight_dot))

    def describe(self, *x_shapes: Shape) -> Description:
        """As Linear, and the mask in training."""
        inner = super().describe(*x_shapes)
        masks = (Kept("mask", prod(self.weight.shape)),) if self.training and self.p > 0 else ()
        return self.description(*inner.y_shapes, multiply_adds=inner.multiply_adds, field=None,
                                kept=(*inner.kept, *masks))

    def _masked(self, weight: Array) -> Array:
        mask = self.cache.mask
        return weight if mask is None else np.asarray(weight * mask)
