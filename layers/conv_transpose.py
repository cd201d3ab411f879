"""Transposed convolutions: the adjoint of a convolution run forward, so its backward is a convolution."""

from math import prod, sqrt
from typing import Annotated, NamedTuple

import numpy as np

from .core import (
    Array,
    Count,
    Description,
    Kept,
    OneOf,
    Parameter,
    Shape,
    ShapeError,
    Size,
    ValueRangeError,
    as_dtype,
    check_choice,
    check_shape,
    check_size,
    default_rng,
    show_shape,
    total,
)
from .kernels import correlate, correlate_adjoint, correlate_weight_grad
from .window import Convolving

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "ConvTransposeCache", "ConvTransposeNd"]


class ConvTransposeCache(NamedTuple):
    """The input, and the sizes of the output's spatial axes."""

    x: Array
    spatial: Shape


class ConvTransposeNd(Convolving):
    """Adjoint of ``correlate`` with learned windows, ``y = correlate.T(x, weight) + bias``; a subclass sets ``axes``.

    Every value of ``x`` writes its window, weighted, into ``y``, at ``at(p, k) = p * stride + k * dilation - padding``:

        y[n, o, q]           = bias[o] + sum over c and all p, k with at(p, k) = q of weight[c, o, k] * x[n, c, p]
        grad_x[n, c, p]      = sum over o, k of weight[c, o, k] * grad_out[n, o, at(p, k)]
        grad_weight[c, o, k] = sum over n, p of x[n, c, p] * grad_out[n, o, at(p, k)]
        grad_bias[o]         = sum over n, q of grad_out[n, o, q]

    ``forward(x, output_size=None)``: several sizes of ``y`` would belong to one of ``x`` when stride > 1;
    ``output_padding`` or the wanted ``output_size`` says which.

    Source: Dumoulin & Visin 2016, chapter 4; initial values as in torch.nn.
    """

    locally_linear = True

    def __init__(self, in_channels: Size, out_channels: Size, kernel_size: Size | tuple[Size, ...],
                 stride: Size | tuple[Size, ...] = 1, padding: Count | tuple[Count, ...] = 0,
                 output_padding: Count | tuple[Count, ...] = 0, groups: Size = 1, bias: bool = True,
                 dilation: Size | tuple[Size, ...] = 1, padding_mode: Annotated[str, OneOf("zeros")] = "zeros", *,
                 rng: np.random.Generator | None = None) -> None:
        owner = type(self).__name__
        self.in_channels = check_size(in_channels, "in_channels", owner)
        self.out_channels = check_size(out_channels, "out_channels", owner)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.output_padding, self.dilation = output_padding, dilation
        self.padding_mode = check_choice(padding_mode, ("zeros",), name="padding_mode", owner=owner)   # as PyTorch
        self.groups = check_size(groups, "groups", owner)
        if in_channels % groups or out_channels % groups:
            raise ValueRangeError(f"{owner} expected in_channels and out_channels that groups={groups} divides, "
                                  f"got {in_channels} and {out_channels}")
        self.geometry = self.make_window(kernel_size, stride, padding, dilation)
        self._extra = self._per_axis(output_padding, "output_padding", least=0)
        for extra, step, spacing in zip(self._extra, self.geometry.stride, self.geometry.dilation, strict=True):
            if extra >= max(step, spacing):
                raise ValueRangeError(f"{owner} expected output_padding below stride or dilation, got {output_padding}")
        fan = out_channels // groups * prod(self.geometry.kernel)
        bound = 1 / sqrt(fan)
        draw = default_rng(rng).uniform
        self.weight = Parameter(draw(-bound, bound, (in_channels, out_channels // groups, *self.geometry.kernel)))
        self.bias = Parameter(draw(-bound, bound, out_channels)) if bias else None

    def forward(self, x: Array, output_size: Shape | None = None) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        y_shape = self.output_shape(x.shape, output_size)
        self.cache = ConvTransposeCache(x, y_shape[-self.axes:])
        y = self._spread(x, self.weight.data, y_shape)
        return y if self.bias is None else np.add(y, self._column(self.bias.data), out=y)

    def backward(self, grad_out: Array) -> Array | None:
        x, spatial = self.saved()
        check_shape(grad_out, (*x.shape[:-1 - self.axes], self.out_channels, *spatial), name="grad_out", owner=self)
        if self.weight.requires_grad:
            self.weight.grad += self._grad_weight(x, grad_out)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += self._grad_bias(grad_out)
        return self._gather(grad_out, self.weight.data, x) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, spatial = self.point()
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        y_shape = (*x.shape[:-1 - self.axes], self.out_channels, *spatial)
        return total(None if x_dot is None else self._spread(x_dot, self.weight.data, y_shape),
                     None if self.weight.dot is None else self._spread(x, self.weight.dot, y_shape),
                     None if bias_dot is None else np.broadcast_to(self._column(bias_dot), y_shape))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x = self.saved().x
        for left, right in ((x, grad_out_dot), (x_dot, grad_out)):
            if self.weight.requires_grad and left is not None and right is not None:
                self.weight.grad_dot += self._grad_weight(left, right)
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += self._grad_bias(grad_out_dot)
        return grad_x, total(None if grad_out_dot is None else self._gather(grad_out_dot, self.weight.data, x),
                             None if self.weight.dot is None else self._gather(grad_out, self.weight.dot, x))

    def describe(self, *x_shapes: Shape) -> Description:
        """Every input value writes its window; no field is given, since its stride is a fraction."""
        (x_shape,) = x_shapes
        return self.description(self.output_shape(x_shape), kept=(Kept("x0", prod(x_shape)),),
                                multiply_adds=prod(x_shape) * prod(self.weight.shape[1:]), field=None)

    def output_shape(self, x_shape: Shape, output_size: Shape | None = None) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        names = ("D", "H", "W")[-self.axes:] if self.axes > 1 else ("L",)
        batch = () if len(x_shape) == self.axes + 1 else ("N",)
        check_shape(x_shape, (*batch, self.in_channels, *names), name="x", owner=self)
        least = tuple(reach - before - after for reach, (before, after) in zip(
            self.geometry.covered(x_shape[-self.axes:]), self.geometry.padding, strict=True))
        spatial = tuple(size + extra for size, extra in zip(least, self._extra, strict=True))
        if output_size is not None:
            spatial = tuple(output_size)[-self.axes:]
            room = zip(spatial, least, self.geometry.stride, strict=True)
            if len(spatial) != self.axes or not all(size <= wanted < size + step for wanted, size, step in room):
                raise ShapeError(f"{self.title} expected output_size from {show_shape(least)} to less than a stride "
                                 f"more, got {show_shape(tuple(output_size))}")
        if min(spatial) < 1:
            raise ShapeError(f"{self.title} expected x large enough to leave something after padding, "
                             f"got {show_shape(x_shape)}")
        return (*x_shape[:-1 - self.axes], self.out_channels, *spatial)

    def _spread(self, x: Array, weight: Array, y_shape: Shape) -> Array:
        y = correlate_adjoint(self._images(x), weight, self.geometry, self.groups, y_shape[-self.axes:])
        return y.reshape(y_shape)

    def _gather(self, grad_out: Array, weight: Array, x: Array) -> Array:
        grad_x = correlate(self._images(grad_out), weight, None, self.geometry, self.groups)
        places = (slice(size) for size in x.shape[-self.axes:])         # windows in the extra border wrote nothing
        return as_dtype(grad_x[(slice(None), slice(None), *places)].reshape(x.shape), x.dtype)

    def _grad_weight(self, x: Array, grad_out: Array) -> Array:
        return correlate_weight_grad(self._images(grad_out), self._images(x), self.geometry, self.groups)

    def _column(self, values: Array) -> Array:
        return values.reshape(-1, *(1,) * self.axes)


class ConvTranspose1d(ConvTransposeNd):
    """Transposed convolution of sequences, ``y = correlate.T(x, weight) + bias``: each value of ``x`` writes a window.

    Shapes:
        x:      (N, in_channels, L) or (in_channels, L)
        weight: (in_channels, out_channels / groups, kL)
        bias:   (out_channels,)
        y:      (N, out_channels, L'),
                L' = (L - 1) stride - 2 padding + dilation (kL - 1) + output_padding + 1

    Gradients:
        grad_x      = grad_out correlated with weight
        grad_weight = grad_out correlated with x
        grad_bias   = grad_out, summed over examples and places

    Cost: x.size * out_channels / groups * kL multiply-adds, twice that backward; keeps ``x``.

    Source: Zeiler, Krishnan, Taylor & Fergus 2010; Dumoulin & Visin 2016, chapter 4.

    Example:
        >>> ConvTranspose1d(3, 2, 4, stride=2, padding=1).forward(np.ones((5, 3, 7), np.float32)).shape
        (5, 2, 14)
    """

    axes = 1


class ConvTranspose2d(ConvTransposeNd):
    """Transposed convolution of images, ``y = correlate.T(x, weight) + bias``: each value of ``x`` writes a window.

    Shapes:
        x:      (N, in_channels, H, W) or (in_channels, H, W)
        weight: (in_channels, out_channels / groups, kH, kW)
        bias:   (out_channels,)
        y:      (N, out_channels, H', W'),
                H' = (H - 1) stride - 2 padding + dilation (kH - 1) + output_padding + 1

    Gradients:
        grad_x      = grad_out correlated with weight
        grad_weight = grad_out correlated with x
        grad_bias   = grad_out, summed over examples and places

    Cost: x.size * out_channels / groups * kH * kW multiply-adds, twice that backward; keeps ``x``.

    Source: Zeiler, Krishnan, Taylor & Fergus 2010; Dumoulin & Visin 2016, chapter 4.

    Example:
        >>> ConvTranspose2d(3, 2, 4, stride=2, padding=1).forward(np.ones((5, 3, 7, 8), np.float32)).shape
        (5, 2, 14, 16)
    """

    axes = 2


class ConvTranspose3d(ConvTransposeNd):
    """Transposed convolution of volumes, ``y = correlate.T(x, weight) + bias``: each value of ``x`` writes a window.

    Shapes:
        x:      (N, in_channels, D, H, W) or (in_channels, D, H, W)
        weight: (in_channels, out_channels / groups, kD, kH, kW)
        bias:   (out_channels,)
        y:      (N, out_channels, D', H', W'),
                D' = (D - 1) stride - 2 padding + dilation (kD - 1) + output_padding + 1

    Gradients:
        grad_x      = grad_out correlated with weight
        grad_weight = grad_out correlated with x
        grad_bias   = grad_out, summed over examples and places

    Cost: x.size * out_channels / groups * kD * kH * kW multiply-adds, twice that backward; keeps ``x``.

    Source: Zeiler, Krishnan, Taylor & Fergus 2010; Dumoulin & Visin 2016, chapter 4.

    Example:
        >>> ConvTranspose3d(3, 2, 4, stride=2, padding=1).forward(np.ones((5, 3, 2, 3, 4), np.float32)).shape
        (5, 2, 4, 6, 8)
    """

    axes = 3
