"""Wrong backwards of transposed convolutions, and of convolutions of rows."""

from copy import copy
from typing import Any

import numpy as np

from ...layers import ConvTranspose2d, TemporalRowConvolution
from ...layers.core import Array, Parameter
from .mutant import Subject, each

__all__ = ["SUBJECTS"]

strided = Subject(ConvTranspose2d, lambda: ConvTranspose2d(3, 3, 3, stride=2, padding=1, output_padding=1),
                  ((2, 3, 4, 3),))
grouped = Subject(ConvTranspose2d, lambda: ConvTranspose2d(4, 6, (3, 2), groups=2), ((2, 4, 3, 4),))
rows = Subject(TemporalRowConvolution, lambda: TemporalRowConvolution(3, 2, dW=2), ((2, 7, 3),))

SUBJECTS = (strided, grouped, rows)


def with_kernel(layer: ConvTranspose2d, grad_out: Array, kernel: Array) -> Array | None:
    """Go back through a changed kernel, the kernel's own gradient left right."""
    grad_x, other = ConvTranspose2d.backward(layer, grad_out), copy(layer)
    other.cache, other.weight, other.bias = layer.cache, Parameter(kernel, dtype=kernel.dtype), None
    return grad_x if grad_x is None else ConvTranspose2d.backward(other, grad_out)


def with_weight_gradient(layer: ConvTranspose2d, grad_out: Array, change: Any) -> Array | None:
    """Change what a backward adds to the gradient of the kernel."""
    before = layer.weight.grad.copy()
    grad_x = ConvTranspose2d.backward(layer, grad_out)
    layer.weight.grad = before + change(layer.weight.grad - before)
    return grad_x


@strided.wrong("order")
def kernel_flipped_on_the_way_back(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The way back is a plain correlation with the kernel as it is; here it is turned round."""
    return with_kernel(self, grad_out, self.weight.data[..., ::-1, ::-1])


@strided.wrong("order")
def channels_left_as_in_a_convolution(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The kernel's first axis is that of the input; taken for the output's it still fits if they are as many."""
    return with_kernel(self, grad_out, self.weight.data.swapaxes(0, 1))


@strided.wrong("order")
def kernel_gradient_turned_round(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel comes out turned round."""
    return with_weight_gradient(self, grad_out, lambda grad: grad[..., ::-1, ::-1])


@strided.wrong("order")
def kernel_gradient_with_exchanged_channels(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel is laid out as for a convolution, the channels of the output first."""
    return with_weight_gradient(self, grad_out, lambda grad: grad.swapaxes(0, 1))


@strided.wrong("mean")
def kernel_gradient_divided_by_the_batch(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The gradient of the kernel is divided by the batch size, which the loss has done already."""
    return with_weight_gradient(self, grad_out, lambda grad: grad / len(grad_out))


@strided.wrong("path")
def border_of_the_output_cut_off(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The row and column that output_padding added are left out, also for the bias, which is in them."""
    cut = grad_out.copy()
    cut[..., -1], cut[..., -1, :] = 0, 0
    return ConvTranspose2d.backward(self, cut)


@strided.wrong("mean")
def bias_gradient_counts_inputs(self: ConvTranspose2d, grad_out: Array) -> Array | None:
    """The bias is added at every place of the output; its gradient is scaled as if there were as many as inputs."""
    if self.bias is not None:
        places = grad_out[0, 0].size
        share = self.saved().x[0, 0].size / places
        self.bias.grad += (share - 1) * grad_out.sum(axis=(0, 2, 3))
    return ConvTranspose2d.backward(self, grad_out)


@strided.wrong("order")
def padding_cut_at_the_wrong_end(self: ConvTranspose2d, grad_out: Array) -> Any:
    """The margin is added at one end only, so the gradient lies one row too low."""
    return each(lambda grad: np.roll(grad, 1, axis=2), ConvTranspose2d.backward(self, grad_out))


@grouped.wrong("order")
def groups_exchanged(self: ConvTranspose2d, grad_out: Array) -> Any:
    """The channels of one group get the gradient of the other."""
    return each(lambda grad: np.roll(grad, self.in_channels // self.groups, axis=1),
                ConvTranspose2d.backward(self, grad_out))


@grouped.wrong("path")
def second_group_without_a_kernel_gradient(self: ConvTranspose2d, grad_out: Array) -> Any:
    """The loop over the groups ends one too early where the kernel's gradient is added."""
    first = np.arange(self.in_channels)[:, None, None, None] < self.in_channels // self.groups
    return with_weight_gradient(self, grad_out, lambda grad: grad * first)


@rows.wrong("order")
def features_of_the_rows_exchanged(self: TemporalRowConvolution, grad_out: Array) -> Any:
    """Every feature has a kernel of its own; on the way back each goes through that of its neighbour."""
    right = self.weight.data
    grad_x = TemporalRowConvolution.backward(self, grad_out)
    if grad_x is None:
        return None
    kept, other = self.cache, copy(self)
    other.cache, other.weight, other.bias = kept, Parameter(np.roll(right, 1, axis=0), dtype=right.dtype), None
    return TemporalRowConvolution.backward(other, grad_out)
