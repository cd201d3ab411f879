"""Layers that only rearrange: the values pass as they are, and so do their gradients."""

from math import prod

from .core import Array, Shape, ShapeError, show_shape
from .linear_map import LinearMap

__all__ = ["Flatten", "Identity", "Unflatten"]


class Identity(LinearMap):
    """The input as it is, ``y = x``: an empty place in a network.

    Gradients:
        grad_x = grad_out

    Source: torch.nn.Identity.

    Example:
        >>> Identity().forward(np.array([1.0, 2.0])).tolist()
        [1.0, 2.0]
    """

    views = True

    def apply(self, x: Array) -> Array:
        return x

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out

    def output_shape(self, x_shape: Shape) -> Shape:
        return x_shape


class Flatten(LinearMap):
    """Join the axes from ``start_dim`` to ``end_dim`` into one.

    Shapes:
        x: (N, C, H, W)
        y: (N, C·H·W), with the default arguments

    Gradients:
        grad_x = grad_out in the shape of x

    Source: torch.nn.Flatten.

    Example:
        >>> Flatten().forward(np.ones((5, 3, 2))).shape
        (5, 6)
    """

    views = True

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = start_dim
        self.end_dim = end_dim

    def apply(self, x: Array) -> Array:
        return x.reshape(self.output_shape(x.shape))

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out.reshape(x_shape)

    def output_shape(self, x_shape: Shape) -> Shape:
        axes = range(len(x_shape))
        try:
            start, end = axes[self.start_dim], axes[self.end_dim]
        except IndexError:
            start, end = 1, 0
        if start > end:
            raise ShapeError(f"{self.title} expected x with axes {self.start_dim} to {self.end_dim}, "
                             f"got {show_shape(x_shape)}")
        return (*x_shape[:start], prod(x_shape[start:end + 1]), *x_shape[end + 1:])


class Unflatten(LinearMap):
    """Split axis ``dim`` into axes of the sizes ``unflattened_size``, one of which may be -1: the rest.

    Shapes:
        x: (N, C·H·W)
        y: (N, C, H, W), with Unflatten(1, (C, H, W))

    Gradients:
        grad_x = grad_out in the shape of x

    Source: torch.nn.Unflatten.

    Example:
        >>> Unflatten(1, (3, -1)).forward(np.ones((5, 6))).shape
        (5, 3, 2)
    """

    views = True

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        self.dim = dim
        self.unflattened_size = tuple(unflattened_size)

    def apply(self, x: Array) -> Array:
        return x.reshape(self.output_shape(x.shape))

    def adjoint(self, grad_out: Array, x_shape: Shape) -> Array:
        return grad_out.reshape(x_shape)

    def output_shape(self, x_shape: Shape) -> Shape:
        dim = self.dim + len(x_shape) if self.dim < 0 else self.dim
        sizes = self.unflattened_size
        known = prod(size for size in sizes if size != -1)
        whole = x_shape[dim] if 0 <= dim < len(x_shape) else 0
        if -1 in sizes and known > 0:
            sizes = tuple(whole // known if size == -1 else size for size in sizes)
        if not 0 <= dim < len(x_shape) or prod(sizes) != whole or self.unflattened_size.count(-1) > 1:
            raise ShapeError(f"{self.title} expected x whose axis {self.dim} splits into "
                             f"{show_shape(self.unflattened_size)}, got {show_shape(x_shape)}")
        return (*x_shape[:dim], *sizes, *x_shape[dim + 1:])
