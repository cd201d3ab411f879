"""Layers that slide a window over images: what convolutions and pools share, for any number of spatial axes."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

import numpy as np

from .core import (
    Array,
    Field,
    Layer,
    Parameter,
    Shape,
    ShapeError,
    ValueRangeError,
    as_dtype,
    check_choice,
    check_shape,
    check_size,
    show_shape,
)
from .kernels import Window

__all__ = ["Convolving", "Spatial", "Windowed"]


class Spatial(Layer):
    """A layer of inputs (N, C, *spatial), or a single (C, *spatial); a subclass sets ``axes``, how many are spatial."""

    axes: ClassVar[int]

    def template(self, x_shape: Shape, channels: int | str = "C") -> tuple[int | str, ...]:
        """Return the shape that inputs have, ``(N, C, H, W)``; without N if it is missing."""
        batch = () if len(x_shape) == self.axes + 1 else ("N",)
        return (*batch, channels, *(("D", "H", "W")[-self.axes:] if self.axes > 1 else ("L",)))

    def check_room(self, x_shape: Shape, least: Iterable[int], hint: str, channels: int | str = "C") -> None:
        """Raise ShapeError where an axis of the input is shorter than ``least``."""
        least, template = tuple(least), self.template(x_shape, channels)
        if any(size < wanted for size, wanted in zip(x_shape[-self.axes:], least, strict=True)):
            sizes = (f"{name} >= {wanted}" for name, wanted in zip(template[-self.axes:], least, strict=True))
            raise ShapeError(f"{self.title} expected x of shape {show_shape((*template[:-self.axes], *sizes))}, "
                             f"got {show_shape(x_shape)}; {hint}")

    def _per_axis(self, value: int | tuple[int, ...], name: str, least: int = 1) -> Shape:
        owner = type(self).__name__
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * self.axes
        if len(values) != self.axes:
            raise ValueRangeError(f"{owner} expected {name} as a whole number or {self.axes} of them, got {value!r}")
        return tuple(check_size(each, name, owner, least) for each in values)


class Windowed(Spatial):
    """A layer whose outputs each see a window of the input.

    A subclass sets ``axes``, and in its constructor ``geometry``, the window.

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning".
    """

    geometry: Window
    ceil_mode: bool = False

    def make_window(self, kernel_size: int | tuple[int, ...], stride: int | tuple[int, ...] | None,
                    padding: int | tuple[int, ...] | str, dilation: int | tuple[int, ...] = 1) -> Window:
        """Return the window that constructor arguments describe: one number counts for every axis.

        Raises: ValueRangeError for numbers that are too small or too many, UnknownNameError for an unknown padding.
        """
        kernel = self._per_axis(kernel_size, "kernel_size")
        steps = kernel if stride is None else self._per_axis(stride, "stride")
        spacing = self._per_axis(dilation, "dilation")
        if isinstance(padding, str):
            check_choice(padding, ("same", "valid"), name="padding", owner=type(self).__name__)
            if padding == "same" and max(steps) > 1:
                raise ValueRangeError(f"{type(self).__name__} expected stride 1 with padding='same', got {stride}")
            missing = [(size - 1) * space * (padding == "same") for size, space in zip(kernel, spacing, strict=True)]
            margins = tuple((total // 2, total - total // 2) for total in missing)
        else:
            margins = tuple((margin, margin) for margin in self._per_axis(padding, "padding", least=0))
        return Window(kernel, steps, margins, spacing)

    def outputs(self, x_shape: Shape, channels: int | str = "C") -> Shape:
        """Return the number of windows along each spatial axis.

        Raises: ShapeError where the input has other axes or channels, or no room for a window.
        """
        check_shape(x_shape, self.template(x_shape, channels), name="x", owner=self)
        outputs = self.geometry.outputs(x_shape[-self.axes:], self.ceil_mode)
        if min(outputs) < 1:
            least = (extent - sum(margins)
                     for extent, margins in zip(self.geometry.extent, self.geometry.padding, strict=True))
            self.check_room(x_shape, least, "use a smaller kernel or more padding", channels)
        return outputs

    @property
    def field(self) -> Field:
        """Receptive field and stride of an output along each spatial axis."""
        return tuple(zip(self.geometry.extent, self.geometry.stride, strict=True))


class Convolving(Windowed):
    """A layer that weighs windows: what convolutions and transposed ones share."""

    weight: Parameter
    bias: Parameter | None

    def _images(self, x: Array) -> Array:
        """Return ``x`` in the dtype of the computation, a single image as a batch of one."""
        return as_dtype(x, self.weight.dtype).reshape(prod(x.shape[:-1 - self.axes]), *x.shape[-1 - self.axes:])

    def _grad_bias(self, grad_out: Array) -> Array:
        images = self._images(grad_out)
        grad_bias: Array = np.einsum("nop->o", images.reshape(*images.shape[:2], prod(images.shape[2:])))
        return grad_bias
