"""Wrong backwards of convolutions."""

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from ...layers import Conv2d
from ...layers.core import Array, Parameter
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

plain = Subject(Conv2d, lambda: Conv2d(3, 3, 3, padding=1), ((2, 3, 5, 4),))
strided = Subject(Conv2d, lambda: Conv2d(2, 3, 3, stride=2, padding=1), ((2, 2, 7, 5),))
dilated = Subject(Conv2d, lambda: Conv2d(2, 3, 2, dilation=2), ((2, 2, 6, 5),))
grouped = Subject(Conv2d, lambda: Conv2d(4, 6, (3, 2), groups=2), ((2, 4, 5, 4),))

SUBJECTS = (plain, strided, dilated, grouped)

Change = Callable[[Array], Array]


def like(layer: Conv2d, kernel: Array) -> Conv2d:
    """Return a layer that has made the same call, with a kernel of its own."""
    other = copy(layer)
    other.cache, other.weight, other.bias = layer.cache, Parameter(kernel, dtype=kernel.dtype), None
    return other


def with_kernel(layer: Conv2d, grad_out: Array, change: Change) -> Array | None:
    """Go back through a changed kernel, the kernel's own gradient left right."""
    grad_x = Conv2d.backward(layer, grad_out)
    return grad_x if grad_x is None else Conv2d.backward(like(layer, change(layer.weight.data)), grad_out)


def with_weight_gradient(layer: Conv2d, grad_out: Array, change: Change) -> Array | None:
    """Change what a backward adds to the gradient of the kernel."""
    before = layer.weight.grad.copy()
    grad_x = Conv2d.backward(layer, grad_out)
    layer.weight.grad = before + change(layer.weight.grad - before)
    return grad_x


def window_by_window(layer: Conv2d, grad_out: Array, write: Callable[[Array, Any, Array], None], *,
                     stride: int | None = None, dilation: int | None = None) -> Array | None:
    """Go back in a loop over the outputs, each of which writes into its window of the input's gradient."""
    grad_x = Conv2d.backward(layer, grad_out)
    if grad_x is None:
        return None
    _, strides, padding, dilations = layer.geometry
    step, spread, margin = stride or strides[0], dilation or dilations[0], padding[0][0]
    frame = np.zeros((*grad_x.shape[:2], *(size + 2 * margin for size in grad_x.shape[2:])))
    for row, column in np.ndindex(*grad_out.shape[2:]):
        window = tuple(slice(at * step, at * step + spread * (taps - 1) + 1, spread)
                       for at, taps in zip((row, column), layer.weight.shape[2:], strict=True))
        # (N, O) of this output, (O, C, kH, kW) -> (N, C, kH, kW)
        write(frame, (..., *window), np.tensordot(grad_out[:, :, row, column], layer.weight.data, axes=1))
    return frame[:, :, margin:margin + grad_x.shape[2], margin:margin + grad_x.shape[3]].astype(grad_x.dtype)


def add(frame: Array, window: Any, values: Array) -> None:
    """Add to what other windows have written."""
    frame[window] += values


def overwrite(frame: Array, window: Any, values: Array) -> None:
    """Write over what other windows have written."""
    frame[window] = values


@plain.wrong("order")
def kernel_flipped(self: Conv2d, grad_out: Array) -> Array | None:
    """The way back is a convolution with the kernel turned round once; here it is turned round twice."""
    return with_kernel(self, grad_out, lambda weight: weight[..., ::-1, ::-1])


@plain.wrong("order")
def rows_and_columns_of_the_kernel_exchanged(self: Conv2d, grad_out: Array) -> Array | None:
    """The kernel is transposed on the way back, which turns its rows into columns."""
    return with_kernel(self, grad_out, lambda weight: weight.swapaxes(2, 3))


@plain.wrong("order")
def channels_not_exchanged(self: Conv2d, grad_out: Array) -> Array | None:
    """On the way back input and output channels change places; here they stay, which fits if they are as many."""
    return with_kernel(self, grad_out, lambda weight: weight.swapaxes(0, 1))


@plain.wrong("order")
def kernel_gradient_flipped(self: Conv2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel comes out turned round, as from a true convolution instead of a correlation."""
    return with_weight_gradient(self, grad_out, lambda grad: grad[..., ::-1, ::-1])


@plain.wrong("mean")
def kernel_gradient_averaged_over_the_batch(self: Conv2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel is divided by the batch size, which the loss has done already."""
    return with_weight_gradient(self, grad_out, lambda grad: grad / len(grad_out))


@plain.wrong("mean")
def kernel_gradient_averaged_over_positions(self: Conv2d, grad_out: Array) -> Array | None:
    """The kernel is shared by all positions, so its gradient is their sum; here it is their mean."""
    return with_weight_gradient(self, grad_out, lambda grad: grad / grad_out[0, 0].size)


@plain.wrong("accumulate")
def kernel_gradient_overwritten(self: Conv2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel is assigned where it must be added."""
    self.weight.grad = np.zeros(self.weight.shape)
    return Conv2d.backward(self, grad_out)


@plain.wrong("batch")
def kernel_gradient_of_the_first_image(self: Conv2d, grad_out: Array) -> Array | None:
    """Only the first image of the batch gets into the gradient of the kernel."""
    first, other = np.zeros_like(grad_out), like(self, self.weight.data)
    first[0] = grad_out[0]
    Conv2d.backward(other, first)
    return with_weight_gradient(self, grad_out, lambda _: other.weight.grad)


@plain.wrong("mean")
def bias_gradient_averaged_over_positions(self: Conv2d, grad_out: Array) -> Array | None:
    """The bias enters every position, so its gradient is the sum over them, not the mean."""
    if self.bias is not None:
        self.bias.grad += grad_out.mean(axis=(2, 3)).sum(axis=0) - grad_out.sum(axis=(0, 2, 3))
    return Conv2d.backward(self, grad_out)


@plain.wrong("order")
def gradient_shifted_by_the_padding(self: Conv2d, grad_out: Array) -> Any:
    """The margin is cut off at the wrong end, so the gradient lies one row too low."""
    return each(lambda grad: np.roll(grad, 1, axis=2), Conv2d.backward(self, grad_out))


@plain.wrong("accumulate")
def overlapping_windows_overwritten(self: Conv2d, grad_out: Array) -> Array | None:
    """Every window is written over what its neighbours left; where windows overlap, gradients must be added."""
    return window_by_window(self, grad_out, overwrite)


@strided.wrong("order")
def stride_forgotten(self: Conv2d, grad_out: Array) -> Array | None:
    """The windows are put side by side on the way back, as if the stride were one."""
    return window_by_window(self, grad_out, add, stride=1)


@strided.wrong("batch")
def last_row_of_windows_left_out(self: Conv2d, grad_out: Array) -> Array | None:
    """The loop over the outputs ends one row too early."""
    cut = grad_out.copy()
    cut[:, :, -1] = 0
    return Conv2d.backward(self, cut)


@dilated.wrong("order")
def dilation_forgotten(self: Conv2d, grad_out: Array) -> Array | None:
    """The taps of a window are put side by side on the way back, as if the dilation were one."""
    return window_by_window(self, grad_out, add, dilation=1)


@grouped.wrong("order")
def input_groups_exchanged(self: Conv2d, grad_out: Array) -> Any:
    """The channels of one group get the gradient of the other."""
    return each(lambda grad: np.roll(grad, self.in_channels // self.groups, axis=1), Conv2d.backward(self, grad_out))


@grouped.wrong("order")
def kernel_groups_exchanged(self: Conv2d, grad_out: Array) -> Array | None:
    """The kernels of one group get the gradient of the other."""
    return with_weight_gradient(self, grad_out, lambda grad: np.roll(grad, self.out_channels // self.groups, axis=0))


@grouped.wrong("path")
def last_group_forgotten(self: Conv2d, grad_out: Array) -> Array | None:
    """The loop over the groups ends one too early."""
    cut = grad_out.copy()
    cut[:, -(self.out_channels // self.groups):] = 0
    return Conv2d.backward(self, cut)
