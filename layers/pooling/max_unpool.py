"""The way back from a max-pool: values return to where they came from, and zeros stand elsewhere."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core import Array, Count, Description, Kept, Shape, ShapeError, Size, as_dtype, check_shape
from ..embedding import check_indices
from ..kernels import place_pick, place_put
from ..window import Windowed

__all__ = ["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", "MaxUnpoolCache", "MaxUnpoolNd"]


class MaxUnpoolCache(NamedTuple):
    """Where the values went, which of them no later one replaced, and the output's shape."""

    indices: Array
    remained: Array
    y_shape: Shape
    dtype: np.dtype[np.generic]


class MaxUnpoolNd(Windowed):
    """Values at their places, zero elsewhere, ``y[..., indices] = x``; a subclass sets ``axes``.

    Window, stride and padding only say how large the output is, unless ``output_size`` does.

    Gradients:
        grad_x = grad_out[..., indices]; zero where a later value went to the same place

    Source: Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", section 2.1.
    """

    locally_linear = True

    def __init__(self, kernel_size: Size | tuple[Size, ...], stride: Size | tuple[Size, ...] | None = None,
                 padding: Count | tuple[Count, ...] = 0) -> None:
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.geometry = self.make_window(kernel_size, stride, padding)

    def output_shape(self, x_shape: Shape, output_size: Shape | None = None) -> Shape:
        """Return the output's shape, or raise ShapeError; ``output_size`` may have batch and channels in front."""
        check_shape(x_shape, self.template(x_shape), name="x", owner=self)
        sizes = tuple(reach - sum(margins) for reach, margins in zip(
            self.geometry.covered(x_shape[-self.axes:]), self.geometry.padding, strict=True))
        wanted = sizes if output_size is None else tuple(output_size)[-self.axes:]
        if len(wanted) != self.axes or any(abs(size - usual) >= stride for size, usual, stride
                                           in zip(wanted, sizes, self.geometry.stride, strict=True)):
            raise ShapeError(f"{self.title} expected output_size less than a stride of {self.geometry.stride} away "
                             f"from {sizes}, got {output_size}")
        if min(wanted) < 1:
            raise ShapeError(f"{self.title} expected x from which something remains beside the padding, "
                             f"got {x_shape} for an output of {wanted}")
        return (*x_shape[:-self.axes], *wanted)

    def forward(self, x: Array, indices: Array, output_size: Shape | None = None) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        y_shape = self.output_shape(x.shape, output_size)
        check_shape(np.shape(indices), x.shape, name="indices", owner=self)
        check_indices(indices, prod(y_shape[-self.axes:]), self)
        numbers = np.arange(x.size, dtype=np.min_scalar_type(x.size)).reshape(x.shape)
        remained = place_pick(place_put(numbers, indices, y_shape, self.axes), indices, self.axes) == numbers
        self.cache = MaxUnpoolCache(indices, remained, y_shape, x.dtype)
        return self._put(x)

    def backward(self, grad_out: Array) -> tuple[Array | None, None]:
        indices, remained, y_shape, dtype = self.saved()
        check_shape(grad_out, y_shape, name="grad_out", owner=self)
        if not self.needs_input_grad:
            return None, None
        return as_dtype(place_pick(grad_out, indices, self.axes) * remained, dtype), None

    def jvp(self, x_dot: Array | None, *_: None) -> Array | None:
        self.point()
        self.tangent = ()
        return None if x_dot is None else self._put(x_dot)

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Any, Any]:
        self.saved_tangent()
        return self.backward(grad_out), (None, None) if grad_out_dot is None else self.backward(grad_out_dot)

    def describe(self, *x_shapes: Shape) -> Description:
        """Indices are kept, and a byte for each; a third shape is the output's size."""
        x_shape, indices, *rest = x_shapes
        y_shape = self.output_shape(x_shape, *rest)
        check_shape(indices, x_shape, name="indices", owner=self)
        return self.description(y_shape, kept=(Kept("x1", prod(x_shape), 8), Kept("remained", prod(x_shape), 1)))

    def _put(self, x: Array) -> Array:
        indices, _, y_shape, _ = self.cache
        return place_put(x, indices, y_shape, self.axes)


class MaxUnpool2d(MaxUnpoolNd):
    """Values of a max-pooled image back at their places, zero elsewhere, ``y[..., indices] = x``.

    ``stride`` is ``kernel_size`` unless given; they and ``padding`` only say how large the output is.
    ``forward(x, indices, output_size)`` chooses another size, less than a stride away. Of several values for one place
    the last stays.

    Shapes:
        x, indices: (N, C, H, W) or (C, H, W); indices as MaxPool2d(return_indices=True) gives them
        y:          (N, C, H', W'), H' = (H - 1) * stride - 2 padding + kH

    Gradients:
        grad_x = grad_out[..., indices]; zero where a later value went to the same place

    Cost: one write per value; keeps ``indices`` and a byte for each.

    Source: Zeiler & Fergus 2014, section 2.1; numbers as in torch.nn.MaxUnpool2d.

    Example:
        >>> y, indices = MaxPool2d(2, return_indices=True).forward(np.array([[[1.0, 4.0], [2.0, 3.0]]]))
        >>> MaxUnpool2d(2).forward(y, indices).ravel().tolist()
        [0.0, 4.0, 0.0, 0.0]
    """

    axes = 2


class MaxUnpool1d(MaxUnpoolNd):
    """Values of a max-pooled sequence back at their places, zero elsewhere; options as MaxUnpool2d.

    Shapes:
        x, indices: (N, C, L) or (C, L); indices as MaxPool1d(return_indices=True) gives them
        y:          (N, C, L'), sizes as MaxUnpool2d

    Gradients:
        grad_x = grad_out[..., indices]; zero where a later value went to the same place

    Cost: as MaxUnpool2d.

    Source: Zeiler & Fergus 2014, section 2.1; numbers as in torch.nn.MaxUnpool1d.

    Example:
        >>> y, indices = MaxPool1d(2, return_indices=True).forward(np.array([[1.0, 4.0, 3.0, 2.0]]))
        >>> MaxUnpool1d(2).forward(y, indices).ravel().tolist()
        [0.0, 4.0, 3.0, 0.0]
    """

    axes = 1


class MaxUnpool3d(MaxUnpoolNd):
    """Values of a max-pooled volume back at their places, zero elsewhere; options as MaxUnpool2d.

    Shapes:
        x, indices: (N, C, D, H, W) or (C, D, H, W); indices as MaxPool3d(return_indices=True) gives them
        y:          (N, C, D', H', W'), sizes as MaxUnpool2d

    Gradients:
        grad_x = grad_out[..., indices]; zero where a later value went to the same place

    Cost: as MaxUnpool2d.

    Source: Zeiler & Fergus 2014, section 2.1; numbers as in torch.nn.MaxUnpool3d.

    Example:
        >>> y, indices = MaxPool3d(2, return_indices=True).forward(np.arange(8.0).reshape(1, 2, 2, 2))
        >>> MaxUnpool3d(2).forward(y, indices).ravel().tolist()
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 7.0]
    """

    axes = 3
