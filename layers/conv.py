"""Convolutions over any number of spatial axes (cross-correlations, as everywhere in deep learning)."""

from math import prod, sqrt
from typing import Annotated

import numpy as np

from .core import (
    Array,
    Count,
    Description,
    Kept,
    OneOf,
    Parameter,
    Shape,
    Size,
    ValueRangeError,
    as_dtype,
    check_choice,
    check_shape,
    check_size,
    default_rng,
    total,
)
from .kernels import correlate, correlate_adjoint, correlate_weight_grad
from .padding import (
    CircularPad1d,
    CircularPad2d,
    CircularPad3d,
    Pad,
    ReflectionPad1d,
    ReflectionPad2d,
    ReflectionPad3d,
    ReplicationPad1d,
    ReplicationPad2d,
    ReplicationPad3d,
)
from .window import Convolving

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvNd"]

_PADS: dict[str, tuple[type[Pad], ...]] = {
    "reflect": (ReflectionPad1d, ReflectionPad2d, ReflectionPad3d),
    "replicate": (ReplicationPad1d, ReplicationPad2d, ReplicationPad3d),
    "circular": (CircularPad1d, CircularPad2d, CircularPad3d),
}


class ConvNd(Convolving):
    """Cross-correlation with learned windows, ``y = correlate(x, weight) + bias``; a subclass sets ``axes``.

    ``correlate`` is linear in ``x`` and linear in ``weight``, so each gradient is the adjoint of one of two maps, and
    each tangent the map itself. With ``at(p, k) = p * stride + k * dilation - padding``, in every spatial axis:

        y[n, o, p]           = bias[o] + sum over c, k of weight[o, c, k] * x[n, c, at(p, k)]
        grad_x[n, c, q]      = sum over o and all p, k with at(p, k) = q of weight[o, c, k] * grad_out[n, o, p]
        grad_weight[o, c, k] = sum over n, p of grad_out[n, o, p] * x[n, c, at(p, k)]
        grad_bias[o]         = sum over n, p of grad_out[n, o, p]

    Channels are cut into ``groups`` that see only each other. With another ``padding_mode`` than "zeros" the border
    is made from ``x`` first, and its gradient goes back to where the values came from.

    Source: Goodfellow et al. 2016, section 9.5; initial values as in torch.nn.
    """

    locally_linear = True

    def __init__(self, in_channels: Size, out_channels: Size, kernel_size: Size | tuple[Size, ...],
                 stride: Size | tuple[Size, ...] = 1, padding: Count | tuple[Count, ...] | str = 0,
                 dilation: Size | tuple[Size, ...] = 1, groups: Size = 1, bias: bool = True,
                 padding_mode: Annotated[str, OneOf("zeros", *_PADS)] = "zeros", *,
                 rng: np.random.Generator | None = None) -> None:
        owner = type(self).__name__
        self.in_channels = check_size(in_channels, "in_channels", owner)
        self.out_channels = check_size(out_channels, "out_channels", owner)
        self.kernel_size, self.stride, self.padding, self.dilation = kernel_size, stride, padding, dilation
        self.groups = check_size(groups, "groups", owner)
        if in_channels % groups or out_channels % groups:
            raise ValueRangeError(f"{owner} expected in_channels and out_channels that groups={groups} divides, "
                                  f"got {in_channels} and {out_channels}")
        self.geometry = self.make_window(kernel_size, stride, padding, dilation)
        self.padding_mode = check_choice(padding_mode, ("zeros", *_PADS), name="padding_mode", owner=owner)
        self._pad: Pad | None = None            # underscored: not a child, only a map
        if padding_mode != "zeros":
            sides = tuple(side for margins in reversed(self.geometry.padding) for side in margins)
            self._pad = _PADS[padding_mode][self.axes - 1](sides)
            self.geometry = self.geometry._replace(padding=((0, 0),) * self.axes)
        fan_in = in_channels // groups * prod(self.geometry.kernel)
        bound = 1 / sqrt(fan_in)
        draw = default_rng(rng).uniform
        self.weight = Parameter(draw(-bound, bound, (out_channels, in_channels // groups, *self.geometry.kernel)))
        self.bias = Parameter(draw(-bound, bound, out_channels)) if bias else None

    def forward(self, x: Array) -> Array:
        check_shape(x, (...,), name="x", owner=self)
        self.output_shape(x.shape)
        self.cache = x
        return self._correlate(x, self.weight.data, None if self.bias is None else self.bias.data)

    def backward(self, grad_out: Array) -> Array | None:
        x = self.saved()
        check_shape(grad_out, self.output_shape(x.shape), name="grad_out", owner=self)
        if self.weight.requires_grad:
            self.weight.grad += self._grad_weight(grad_out, x)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += self._grad_bias(grad_out)
        return self._grad_x(grad_out, self.weight.data, x) if self.needs_input_grad else None

    def jvp(self, x_dot: Array | None) -> Array | None:
        x, weight_dot = self.point(), self.weight.dot
        bias_dot = None if self.bias is None else self.bias.dot
        self.tangent = (x_dot,)
        return total(None if x_dot is None else self._correlate(x_dot, self.weight.data),
                     None if weight_dot is None else self._correlate(x, weight_dot),
                     None if bias_dot is None else self._everywhere(bias_dot, self.output_shape(x.shape)))

    def backward_jvp(self, grad_out: Array, grad_out_dot: Array | None) -> tuple[Array | None, Array | None]:
        (x_dot,) = self.saved_tangent()
        grad_x = self.backward(grad_out)
        x, weight_dot = self.saved(), self.weight.dot
        for left, right in ((grad_out_dot, x), (grad_out, x_dot)):
            if self.weight.requires_grad and left is not None and right is not None:
                self.weight.grad_dot += self._grad_weight(left, right)
        if self.bias is not None and self.bias.requires_grad and grad_out_dot is not None:
            self.bias.grad_dot += self._grad_bias(grad_out_dot)
        return grad_x, total(None if grad_out_dot is None else self._grad_x(grad_out_dot, self.weight.data, x),
                             None if weight_dot is None else self._grad_x(grad_out, weight_dot, x))

    def describe(self, *x_shapes: Shape) -> Description:
        """Every output is the product of its window with as many weights."""
        (x_shape,) = x_shapes
        y_shape = self.output_shape(x_shape)
        return self.description(y_shape, multiply_adds=prod(y_shape) * prod(self.weight.shape[1:]), field=self.field,
                                kept=(Kept("x0", prod(x_shape)),))

    def output_shape(self, x_shape: Shape) -> Shape:
        """Return the output's shape, or raise ShapeError."""
        outputs = self.outputs(x_shape if self._pad is None else self._pad.output_shape(x_shape), self.in_channels)
        return (*x_shape[:-1 - self.axes], self.out_channels, *outputs)

    def hint(self, name: str, shape: Shape) -> str:
        """Images of other libraries often have their channels last."""
        last = name == "x" and len(shape) > self.axes and shape[-1] == self.in_channels
        return f"channels come before the spatial axes: np.moveaxis({name}, -1, {-1 - self.axes})" if last else ""

    def _correlate(self, x: Array, weight: Array, bias: Array | None = None) -> Array:
        y = correlate(self._bordered(x), weight, bias, self.geometry, self.groups)
        return y.reshape(*x.shape[:-1 - self.axes], *y.shape[1:])

    def _grad_x(self, grad_out: Array, weight: Array, x: Array) -> Array:
        shape = x.shape if self._pad is None else self._pad.output_shape(x.shape)
        grad_x = correlate_adjoint(self._images(grad_out), weight, self.geometry, self.groups, shape[-self.axes:])
        if self._pad is not None:
            grad_x = self._pad.adjoint(grad_x.reshape(shape), x.shape)
        return as_dtype(grad_x.reshape(x.shape), x.dtype)

    def _grad_weight(self, grad_out: Array, x: Array) -> Array:
        return correlate_weight_grad(self._bordered(x), self._images(grad_out), self.geometry, self.groups)

    def _everywhere(self, bias: Array, y_shape: Shape) -> Array:
        return np.broadcast_to(bias.reshape(-1, *[1] * self.axes), y_shape)

    def _bordered(self, x: Array) -> Array:
        return self._images(x if self._pad is None else self._pad.apply(x))


class Conv2d(ConvNd):
    """Cross-correlation of images with ``out_channels`` learned windows, ``y = correlate(x, weight) + bias``.

    ``padding`` is a number of zeros around the image, or ``"same"`` (as many as keep its size) or ``"valid"`` (none).

    Shapes:
        x:      (N, in_channels, H, W) or (in_channels, H, W), pixels
        weight: (out_channels, in_channels / groups, kH, kW)
        bias:   (out_channels,)
        y:      (N, out_channels, H', W'), H' = (H + 2 padding - dilation (kH - 1) - 1) // stride + 1

    Gradients:
        grad_x      = grad_out correlated with the mirrored weight, channels exchanged  (stride 1; else its adjoint)
        grad_weight = x correlated with grad_out: the sum over all windows of grad_out times the window
        grad_bias   = grad_out, summed over images and pixels

    Cost: y.size * in_channels / groups * kH * kW multiply-adds, twice that backward; keeps ``x``.

    Source: LeCun et al. 1998; Goodfellow et al. 2016, section 9.5.

    Example:
        >>> Conv2d(3, 10, 5, padding=2).forward(np.ones((4, 3, 32, 32), np.float32)).shape
        (4, 10, 32, 32)
    """

    axes = 2


class Conv1d(ConvNd):
    """Cross-correlation of sequences with ``out_channels`` learned windows, ``y = correlate(x, weight) + bias``.

    Options as Conv2d.

    Shapes:
        x:      (N, in_channels, L) or (in_channels, L)
        weight: (out_channels, in_channels / groups, kL)
        bias:   (out_channels,)
        y:      (N, out_channels, L'), L' = (L + 2 padding - dilation (kL - 1) - 1) // stride + 1

    Gradients:
        grad_x      = grad_out correlated with the mirrored weight, channels exchanged  (stride 1; else its adjoint)
        grad_weight = x correlated with grad_out: the sum over all windows of grad_out times the window
        grad_bias   = grad_out, summed over examples and places

    Cost: y.size * in_channels / groups * kL multiply-adds, twice that backward; keeps ``x``.

    Source: Waibel, Hanazawa, Hinton, Shikano & Lang 1989 (time-delay networks).

    Example:
        >>> Conv1d(3, 10, 5, padding=2).forward(np.ones((4, 3, 32), np.float32)).shape
        (4, 10, 32)
    """

    axes = 1


class Conv3d(ConvNd):
    """Cross-correlation of volumes with ``out_channels`` learned windows, ``y = correlate(x, weight) + bias``.

    Options as Conv2d.

    Shapes:
        x:      (N, in_channels, D, H, W) or (in_channels, D, H, W)
        weight: (out_channels, in_channels / groups, kD, kH, kW)
        bias:   (out_channels,)
        y:      (N, out_channels, D', H', W'), D' = (D + 2 padding - dilation (kD - 1) - 1) // stride + 1

    Gradients:
        grad_x      = grad_out correlated with the mirrored weight, channels exchanged  (stride 1; else its adjoint)
        grad_weight = x correlated with grad_out: the sum over all windows of grad_out times the window
        grad_bias   = grad_out, summed over examples and places

    Cost: y.size * in_channels / groups * kD * kH * kW multiply-adds, twice that backward; keeps ``x``.

    Source: Ji, Xu, Yang & Yu 2013.

    Example:
        >>> Conv3d(3, 10, 5, padding=2).forward(np.ones((4, 3, 6, 7, 8), np.float32)).shape
        (4, 10, 6, 7, 8)
    """

    axes = 3
