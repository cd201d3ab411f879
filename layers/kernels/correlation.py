"""Cross-correlation of images with windows of weights, in any number of spatial axes, and its two adjoints.

Copying every window side by side (im2col) makes an array as many times larger than the input as a window has taps.
Here windows are copied along all spatial axes but the first, whose positions are called lines: the lines of the
lowered array that one line of outputs sees lie one behind the other, so the operand of the matrix product is a view
whose parts overlap. As many images, or as broad a band of lines, are lowered at a time as fit into the cache.

Source: Cho & Brand 2017, "MEC: Memory-efficient convolution for deep neural network".
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Shape
from .windows import Window, padded, scatter, windows

__all__ = ["correlate", "correlate_adjoint", "correlate_weight_grad"]

_ROOM = 1 << 20         # bytes worked on at a time: what stays in a core's second-level cache


def correlate(x: Array, weight: Array, bias: Array | None, window: Window, groups: int = 1) -> Array:
    """Return ``y[n, o, p] = bias[o] + sum over c, k of weight[o, c, k] * x[n, c, p * stride + k * dilation - padding]``.

    Shapes:
        x:      (N, C, *spatial)
        weight: (O, C / groups, *window.kernel)
        bias:   (O,)
        y:      (N, O, *outputs)
    """
    if x.ndim == 3:
        return correlate(x[:, :, None], weight[:, :, None], bias, _planar(window), groups)[:, :, 0]
    outputs = window.outputs(x.shape[2:])
    x, matrix = _by_group(x, groups), _matrix(weight, groups)
    y = np.empty((len(x), groups, matrix.shape[2], outputs[0], prod(outputs[1:])), x.dtype)
    shift = None if bias is None else bias.reshape(groups, -1, 1, 1)
    if window.is_point:
        pixels = prod(outputs)
        np.matmul(matrix[:, 0], x.reshape(*x.shape[:3], pixels), out=y.reshape(*y.shape[:3], pixels))
        y = y if shift is None else np.add(y, shift, out=y)
    else:
        for block in _blocks(x, len(weight), window, outputs):
            product = matrix @ _seen(_lowered(x[block.images], block), block)
            part = y[block.images, :, :, block.lines]
            # (G, H', O, n * W') -> (n, G, O, H', W')
            part[...] = product.reshape(*product.shape[:3], len(part), -1).transpose(3, 0, 2, 1, 4)
            part = part if shift is None else np.add(part, shift, out=part)
    return y.reshape(len(x), len(weight), *outputs)


def correlate_adjoint(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """Return the gradient of ``x``, whose spatial axes have the sizes ``spatial``, given that of ``y``.

    With stride one it is again a cross-correlation: of ``grad_out``, with the weights mirrored in space and the
    channels of input and output exchanged. With other strides it is scattered to where the windows lie.
    """
    if grad_out.ndim == 3:
        grad_out, weight, window = grad_out[:, :, None], weight[:, :, None], _planar(window)
        return correlate_adjoint(grad_out, weight, window, groups, (1, *spatial))[:, :, 0]
    if max(window.stride) == 1:
        exchanged = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
        mirrored = np.flip(exchanged, axis=range(3, exchanged.ndim)).reshape(-1, *exchanged.shape[2:])
        return correlate(grad_out, mirrored, None, _mirrored(window), groups)
    grad_x = np.zeros((len(grad_out), groups, weight.shape[1], *spatial), grad_out.dtype)
    matrix = _matrix(weight, groups).swapaxes(2, 3)
    outputs, inner = grad_out.shape[2:], len(spatial) - 1
    by_line = np.einsum("ngoh...->ghon...", _by_group(grad_out, groups))
    for block in _blocks(grad_x, len(weight), window, outputs):
        part = by_line[:, block.lines, :, block.images]
        values = matrix @ part.reshape(*part.shape[:3], -1)
        # (G, H', kH * C * kW, n * W') -> (G, H', kH, C, kW, n, W') -> (n, G, C, H', W', kH, kW)
        values = values.reshape(*part.shape[:2], window.kernel[0], -1, *window.kernel[1:], *part.shape[3:])
        values = values.transpose(4 + inner, 0, 3, 1, *range(5 + inner, values.ndim), 2, *range(4, 4 + inner))
        scatter(grad_x[block.images], values, block.window)
    return grad_x.reshape(len(grad_x), -1, *spatial)


def correlate_weight_grad(x: Array, grad_out: Array, window: Window, groups: int = 1) -> Array:
    """Return the gradient of ``weight``: every window of ``x`` times the gradient of its output, summed."""
    if x.ndim == 3:
        return correlate_weight_grad(x[:, :, None], grad_out[:, :, None], _planar(window), groups)[:, :, 0]
    kernel, outputs, channels = window.kernel, grad_out.shape[2:], grad_out.shape[1]
    x, by_output = _by_group(x, groups), np.einsum("ngoh...->gohn...", _by_group(grad_out, groups))
    grad = np.zeros((kernel[0], groups, x.shape[2] * prod(kernel[1:]), channels // groups), x.dtype)
    for block in _blocks(x, channels, window, outputs):
        part = by_output[:, :, block.lines, block.images]
        columns = part.reshape(*part.shape[:2], -1).swapaxes(1, 2)
        lowered = _lowered(x[block.images], block, lines_last=True)
        seen = _seen_..
    return grad
