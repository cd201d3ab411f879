"""Cross-correlation of images with windows of weights, in any number of spatial axes, and its two adjoints.

Copying every window side by side (im2col) makes an array as many times larger than the input as a window has taps.
Here windows are copied along all spatial axes but the first, whose positions are called lines: the lines of the lowered
array that one line of outputs sees lie one behind the other, so the operand of the matrix product is a view whose parts
overlap. As many images, or as broad a band of lines, are lowered at a time as fit into the cache.

Source: Cho & Brand 2017, "MEC: Memory-efficient convolution for deep neural network".
"""

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from ..core import Array, Shape
from .windows import Window, padded, scatter, windows

__all__ = ["correlate", "correlate_adjoint", "correlate_weight_grad"]

_BLOCK = 1 << 20        # bytes of lowered input at a time: what stays in a core's second-level cache


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
    x = _by_group(x, groups)
    y = np.empty((len(x), groups, len(weight) // groups, *outputs), x.dtype)
    shift = 0.0 if bias is None else bias.reshape(groups, -1, *[1] * len(outputs))
    if window.is_point:
        rows = x.reshape(*x.shape[:3], prod(outputs))
        np.matmul(weight.reshape(groups, -1, x.shape[2]), rows, out=y.reshape(*y.shape[:3], prod(outputs)))
        y = y if bias is None else np.add(y, shift, out=y)
    else:
        matrix = _matrix(weight, groups)
        for images, lines, part, band in _blocks(x, weight, window, outputs):
            lowered = _lowered(x[images], part, band)
            product = (matrix @ _line_windows(lowered, part, band)).reshape(groups, band[0], -1, len(x[images]), *band[1:])
            np.add(np.einsum("ghon...->ngoh...", product), shift, out=y[images, :, :, lines])
    return y.reshape(len(x), len(weight), *outputs)


def correlate_adjoint(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """Return the gradient of ``x``, whose spatial axes have the sizes ``spatial``, given that of ``y``.

    With stride one it is again a cross-correlation: of ``grad_out``, with the weights mirrored in space and the
    channels of input and output exchanged. With other strides it is scattered to where the windows lie.
    """
    if grad_out.ndim == 3:
        return correlate_adjoint(grad_out[:, :, None], weight[:, :, None], _planar(window), groups, (1, *spatial))[:, :, 0]
    if max(window.stride) == 1:
        exchanged = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
        mirrored = np.flip(exchanged, axis=range(3, exchanged.ndim))
        return correlate(grad_out, mirrored.reshape(-1, *mirrored.shape[2:]), None, _mirrored(window), groups)
    return scatter_adjoint(grad_out,weight,window,groups,spatial)
def scatter_adjoint(grad_out,weight,window,groups,spatial):
    outputs = grad_out.shape[2:]
    grad_out = _by_group(grad_out, groups)
    grad_x = np.zeros((len(grad_out), groups, weight.shape[1], *spatial), grad_out.dtype)
    matrix = _matrix(weight, groups).swapaxes(-1, -2)
    inner = len(spatial) - 1
    for images, lines, part, band in _blocks(grad_x, weight, window, outputs):
        grad_lines = np.einsum("ngoh...->ghon...", grad_out[images, :, :, lines])
        product = matrix @ grad_lines.reshape(*grad_lines.shape[:3], -1)
        product = product.reshape(groups, band[0], window.kernel[0], -1, *window.kernel[1:], grad_lines.shape[3], *band[1:])
        # (G, H', kH, C, *k, n, *outputs) -> (n, G, C, H', *outputs, kH, *k)
        axes = (4 + inner, 0, 3, 1, *range(5 + inner, 5 + 2 * inner), 2, *range(4, 4 + inner))
        scatter(grad_x[images], product.transpose(axes), part)
    return grad_x.reshape(len(grad_x), -1, *spatial)


def correlate_weight_grad(x: Array, grad_out: Array, window: Window, groups: int = 1) -> Array:
    """Return the gradient of ``weight``: every window of ``x`` times the gradient of its output, summed."""
    if x.ndim == 3:
        return correlate_weight_grad(x[:, :, None], grad_out[:, :, None], _planar(window), groups)[:, :, 0]
    outputs = grad_out.shape[2:]
    x, grad_out = _by_group(x, groups), _by_group(grad_out, groups)
    inputs, out = x.shape[2], grad_out.shape[2]
    grad = np.zeros((groups, window.kernel[0], out, inputs * prod(window.kernel[1:])), x.dtype)
    for images, lines, part, band in _blocks(x, grad, window, outputs):
        lowered = np.moveaxis(_lowered_view(x[images], part, band), 1, -1 - len(outputs))
        lowered = lowered.reshape(groups, -1, lowered.shape[-1 - len(outputs)], len(x[images]) * prod(band[1:]))
        grad_lines = np.einsum("ngoh...->gohn...", grad_out[images, :, :, lines]).reshape(groups, out, -1)
        for tap in range(window.kernel[0]):
            start = tap * window.dilation[0]
            seen = lowered[:, :, start:start + (band[0] - 1) * window.stride[0] + 1:window.stride[0]]
            grad[:, tap] += grad_lines @ seen.reshape(groups, seen.shape[1], -1).swapaxes(1, 2)
    grad = grad.reshape(groups, window.kernel[0], out, inputs, *window.kernel[1:])
    return np.einsum("ghoc...->goch...", grad).reshape(groups * out, inputs, *window.kernel)

def _by_group(x, groups):
    return x.reshape(len(x), groups, x.shape[1] // groups, *x.shape[2:])

def _matrix(weight, groups):
    g=weight.reshape(groups, len(weight)//groups, weight.shape[1], weight.shape[2], -1)
    return g.transpose(0, 1, 3, 2, 4).reshape(groups, 1, g.shape[1], -1)

def _axes(window, which): return Window(*(f[which] for f in window))
def _planar(window):
    return Window(*(o+f for o,f in zip(((1,),(1,),((0,0),),(1,)),window)))
def _mirrored(window):
    return window._replace(padding=tuple((e-1-a,e-1-b) for e,(a,b) in zip(window.extent,window.padding)))

def _lowered_view(x, part, band):
    frame = padded(x, part, band)
    view = windows(frame, _axes(part, slice(1,None)), band[1:])  # (n, G, C, H, *rest, *k)
    a=len(band)-1
    return view.transpose(1,3,2,*range(4+a,4+2*a),0,*range(4,4+a))
def _lowered(x, part, band):
    view = _lowered_view(x, part, band)
    return view.reshape(*view.shape[:2], -1, len(x)*prod(band[1:]))
def _line_windows(lowered, part, band):
    v = windows(lowered.transpose(0,2,3,1), _axes(part, slice(0,1)), band[:1]) # (G,K,R,Ho,kh)
    G,K,R,Ho,kh=v.shape
    return v.transpose(0,3,4,1,2).reshape(G,Ho,kh*K,R)
def _blocks(x, weight, window, outputs):
    line = prod(x.shape[1:3])*prod(window.kernel[1:])*prod(outputs[1:])*window.stride[0]*x.itemsize
    room = max(_BLOCK, weight.nbytes)
    n = max(1, room//(line*outputs[0])); height=min(outputs[0], max(1, room//line))
    (before, after), *others = window.padding
    for a in range(0,len(x),n):
        for b in range(0,outputs[0],height):
            band=min(height,outputs[0]-b)
            yield slice(a,a+n), slice(b,b+band), window._replace(padding=((before-b*window.stride[0],after),*others)), (band,*outputs[1:])
