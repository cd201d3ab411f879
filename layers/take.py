"""One place along an axis: the last step of a sequence, the first token."""

import numpy as np

from .core import Array, Shape, ShapeError, show_shape
from .linear_map import LinearMap

__all__ = ["Take"]


class Take(LinearMap):
    """What stands at place ``index`` along axis ``dim``, which disappears: ``y = x[:, index]``, with dim=1.

    Shapes:
        x: (N, L, …)
        y: (N, …), with dim=1

    Gradients:
        grad_x = grad_out at place ``index``, zero elsewhere

    Cost: none forward, as much memory as ``x`` backward; keeps nothing.

    Raises: ShapeError when there is no such place.

    Source: torch.select; torch7's nn.Select.

    Example:
        >>> Take(-1).forward(np.arange(6.0).reshape(2, 3)).tolist()
        [2.0, 5.0]
    """

    views = True

    def __init__(self, index: int, dim: int = 1) -> None:
        self.index = index
        self.dim = dim

    def apply(self, x: Array) -> Array:
        place: Array = np.moveaxis(x, self.dim, 0)[self.index]
        return place

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        grad_x = np.zeros(x_shape, grad_out.dtype)
        np.moveaxis(grad_x, self.dim, 0)[self.index] = grad_out
        return grad_x

    def output_shape(self, x_shape: Shape) -> Shape:
        axes = len(x_shape)
        if not -axes <= self.dim < axes or not -x_shape[self.dim] <= self.index < x_shape[self.dim]:
            raise ShapeError(f"{self.title} expected x with a place {self.index} along axis {self.dim}, "
                             f"got {show_shape(x_shape)}")
        dim = range(axes)[self.dim]
        return (*x_shape[:dim], *x_shape[dim + 1:])

    def window(self, x_shape: Shape) -> None:
        """What axes are left is not known to be spatial: no field describes them."""
