"""Layers that slide a window over images: what convolutions and pools share, for any number of spatial axes."""

from typing import ClassVar

from .core import Field, Layer, Shape, ShapeError, ValueRangeError, check_choice, check_shape, check_size, show_shape
from .kernels import Window

__all__ = ["Windowed"]


class Windowed(Layer):
    """A layer whose outputs each see a window of the input, which is (N, C, *spatial) or a single (C, *spatial).

    A subclass sets ``axes``, the number of spatial axes, and in its constructor ``geometry``, the window.

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning".
    """

    axes: ClassVar[int]
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

    def _per_axis(self, value: int | tuple[int, ...], name: str, least: int = 1) -> Shape:
        owner = type(self).__name__
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * self.axes
        if len(values) != self.axes:
            raise ValueRangeError(f"{owner} expected {name} as a whole number or {self.axes} of them, got {value!r}")
        return tuple(check_size(each, name, owner, least) for each in values)

    def outputs(self, x_shape: Shape, channels: int | str = "C") -> Shape:
        """Return the number of windows along each spatial axis.

        Raises: ShapeError where the input has other axes or channels, or no room for a window.
        """
        names = ("D", "H", "W")[-self.axes:] if self.axes > 1 else ("L",)
        batch = () if len(x_shape) == self.axes + 1 else ("N",)
        check_shape(x_shape, (*batch, channels, *names), name="x", owner=self)
        outputs = self.geometry.outputs(x_shape[-self.axes:], self.ceil_mode)
        if min(outputs) < 1:
            least = (f"{name} >= {extent - sum(margins)}" for name, extent, margins
                     in zip(names, self.geometry.extent, self.geometry.padding, strict=True))
            raise ShapeError(f"{self.title} expected x of shape {show_shape((*batch, channels, *least))}, "
                             f"got {show_shape(x_shape)}; use a smaller kernel or more padding")
        return outputs

    @property
    def field(self) -> Field:
        """Receptive field and stride of an output along each spatial axis."""
        return tuple(zip(self.geometry.extent, self.geometry.stride, strict=True))
