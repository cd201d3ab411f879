"""Cross-correlation of images with windows of weights, in any number of spatial axes, and its two adjoints.

Copying every window side by side (im2col) makes an array as many times larger than the input as a window has taps.
Here windows are copied along all spatial axes but the first, whose positions are called lines: the lines of the
lowered array that one line of outputs sees lie one behind the other, so the operand of the matrix product is a view
whose parts overlap. As many images, or as broad a band of lines, are lowered at a time as fit into the cache.

Source: Cho & Brand 2017, "MEC: Memory-efficient convolution for deep neural network".
"""

from collections.abc import Iterator
from math import prod
from types import EllipsisType
from typing import NamedTuple

import numpy as np

from ..core import Array, Shape
from .memory import empty
from .products import matmul
from .threads import in_parallel
from .twin import compiled
from .windows import Index, Window, padded, scatter, windows

__all__ = ["correlate", "correlate_adjoint", "correlate_weight_grad"]

_ROOM = 1 << 20         # bytes worked on at a time: what stays in a core's second-level cache


@compiled
def correlate(x: Array, weight: Array, bias: Array | None, window: Window, groups: int = 1) -> Array:
    """Return every window of ``x`` times the weights, summed over channels and taps, plus the bias of the channel.

    ``y[n, o, p] = bias[o] + sum over c, k of weight[o, c, k] * x[n, c, p * stride + k * dilation - padding]``

    Shapes:
        x:      (N, C, *spatial)
        weight: (O, C / groups, *window.kernel)
        bias:   (O,)
        y:      (N, O, *outputs)
    """
    if x.ndim == 3:
        return correlate(x[:, :, None], weight[:, :, None], bias, _planar(window), groups)[:, :, 0]
    outputs = window.outputs(x.shape[2:])
    if _is_whole(window, x.shape[2:], groups):
        y = matmul(x.reshape(len(x), prod(x.shape[1:])), weight.reshape(len(weight), -1).T)
        return (y if bias is None else np.add(y, bias, out=y)).reshape(*y.shape, *outputs)
    x, matrix = _by_group(x, groups), _matrix(weight, groups)
    y = empty((len(x), groups, matrix.shape[2], outputs[0], prod(outputs[1:])), x.dtype)
    shift = None if bias is None else bias.reshape(groups, -1, 1, 1)
    if window.is_point:
        pixels = prod(outputs)
        points, seen = y.reshape(*y.shape[:3], pixels), x.reshape(*x.shape[:3], pixels)
        in_parallel(lambda start, stop: _product(matrix[:, 0], seen[start:stop], shift, points[start:stop]), len(x),
                    y.size * x.shape[2] // 4)
        return y.reshape(len(x), len(weight), *outputs)

    def work(start: int, stop: int) -> None:
        for block in _blocks(range(start, stop), x, len(weight), window, outputs):
            seen = _seen(_lowered(x[block.images], block), block)
            product = np.matmul(matrix, seen, out=empty((*seen.shape[:2], matrix.shape[2], seen.shape[3]), x.dtype))
            part = y[block.images, :, :, block.lines]
            # (G, H', O, n * W') -> (n, G, O, H', W')
            part[...] = product.reshape(*product.shape[:3], len(part), -1).transpose(3, 0, 2, 1, 4)
            if shift is not None:
                part += shift

    in_parallel(work, len(x), y.size * prod(window.kernel))
    return y.reshape(len(x), len(weight), *outputs)


@compiled
def correlate_adjoint(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """Return the gradient of ``x``, whose spatial axes have the sizes ``spatial``, given that of ``y``.

    With stride one it is again a cross-correlation: of ``grad_out``, with the weights mirrored in space and the
    channels of input and output exchanged. With other strides, places a stride apart are read by the same taps, and it
    is such a one for each remainder of places by strides. Where windows are dilated as well, it is scattered.
    """
    if grad_out.ndim == 3:
        grad_out, weight, window = grad_out[:, :, None], weight[:, :, None], _planar(window)
        return correlate_adjoint(grad_out, weight, window, groups, (1, *spatial))[:, :, 0]
    if _is_whole(window, spatial, groups):
        grad_x = matmul(grad_out.reshape(grad_out.shape[:2]), weight.reshape(len(weight), -1))
        return grad_x.reshape(len(grad_out), weight.shape[1], *spatial)
    if max(window.stride) == 1:
        exchanged = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
        mirrored = np.flip(exchanged, axis=tuple(range(3, exchanged.ndim))).reshape(-1, *exchanged.shape[2:])
        return correlate(grad_out, mirrored, None, _mirrored(window, grad_out.shape[2:], spatial), groups)
    if max(window.dilation) == 1:
        grad_x = empty((len(grad_out), groups * weight.shape[1], *spatial), grad_out.dtype)
        for remainder in np.ndindex(window.stride):
            places, taps, part = _apart(window, remainder, spatial, grad_out.shape[2:])
            seen = grad_x[places]
            seen[...] = correlate_adjoint(grad_out, weight[taps], part, groups, seen.shape[2:]) \
                if seen.size and min(part.kernel) else 0
        return grad_x
    grad_x = np.zeros((len(grad_out), groups, weight.shape[1], *spatial), grad_out.dtype)
    matrix = _matrix(weight, groups).swapaxes(2, 3)
    outputs, inner = grad_out.shape[2:], len(spatial) - 1
    by_line = np.einsum("ngoh...->ghon...", _by_group(grad_out, groups))

    def work(start: int, stop: int) -> None:
        for block in _blocks(range(start, stop), grad_x, len(weight), window, outputs):
            part = by_line[:, block.lines, :, block.images]
            values = matrix @ part.reshape(*part.shape[:3], -1)
            # (G, H', kH * C * kW, n * W') -> (G, H', kH, C, kW, n, W') -> (n, G, C, H', W', kH, kW)
            values = values.reshape(*part.shape[:2], window.kernel[0], -1, *window.kernel[1:], *part.shape[3:])
            values = values.transpose(4 + inner, 0, 3, 1, *range(5 + inner, values.ndim), 2, *range(4, 4 + inner))
            scatter(grad_x[block.images], values, block.window)

    in_parallel(work, len(grad_x), grad_out.size * prod(window.kernel))
    return grad_x.reshape(len(grad_x), groups * weight.shape[1], *spatial)


@compiled
def correlate_weight_grad(x: Array, grad_out: Array, window: Window, groups: int = 1) -> Array:
    """Return the gradient of ``weight``: every window of ``x`` times the gradient of its output, summed."""
    if x.ndim == 3:
        return correlate_weight_grad(x[:, :, None], grad_out[:, :, None], _planar(window), groups)[:, :, 0]
    outputs, channels = grad_out.shape[2:], grad_out.shape[1]
    if _is_whole(window, x.shape[2:], groups):
        columns = x.reshape(len(x), prod(x.shape[1:]))
        return matmul(grad_out.reshape(grad_out.shape[:2]).T, columns).reshape(channels, -1, *window.kernel)
    (taps, *inner), stride, dilation = window.kernel, window.stride[0], window.dilation[0]
    x, by_output = _by_group(x, groups), np.einsum("ngoh...->gohn...", _by_group(grad_out, groups))
    grads: dict[int, Array] = {}

    def work(start: int, stop: int) -> None:
        grad = grads[start] = np.zeros((taps, groups, x.shape[2] * prod(inner), channels // groups), x.dtype)
        for block in _blocks(range(start, stop), x, channels, window, outputs):
            lowered = _lowered(x[block.images], block, "channels")
            part = by_output[:, :, block.lines, block.images]
            columns = part.reshape(*part.shape[:2], -1).swapaxes(1, 2)
            for tap in range(taps):
                lines = slice(tap * dilation, tap * dilation + (part.shape[2] - 1) * stride + 1, stride)
                grad[tap] += lowered[:, :, lines].reshape(*lowered.shape[:2], -1) @ columns

    in_parallel(work, len(x), grad_out.size * prod(window.kernel))
    grad = np.asarray(sum(grads[start] for start in sorted(grads)))     # in one order, whoever was first
    # (kH, G, C * kW, O) -> (G, O, C, kH, kW)
    grad = grad.reshape(taps, groups, -1, prod(inner), channels // groups).transpose(1, 4, 2, 0, 3)
    return grad.reshape(channels, -1, *window.kernel)


def _is_whole(window: Window, spatial: Shape, groups: int) -> bool:
    """Return whether there is one window only, the image, so that a product of matrices is all."""
    return window.kernel == spatial and groups == 1 and not any(map(any, window.padding)) and max(window.dilation) == 1


def _apart(window: Window, remainder: Shape, spatial: Shape, outputs: Shape) -> tuple[Index, Index, Window]:
    """Return the places ``p`` with ``(p + padding) % stride == remainder``, the taps that read them, and their window.

    Tap ``remainder + k * stride`` reads at output ``q`` the ``q + k - start``-th of these places.
    """
    places: list[EllipsisType | slice] = [...]
    taps: list[EllipsisType | slice] = [...]
    kernel, padding = [], []
    for size, rest, stride, width, (before, _), count in zip(
            spatial, remainder, window.stride, window.kernel, window.padding, outputs, strict=True):
        first = (rest - before) % stride
        start, here, there = (first + before - rest) // stride, range(first, size, stride), range(rest, width, stride)
        places.append(slice(first, None, stride))
        taps.append(slice(rest, None, stride))
        kernel.append(len(there))
        padding.append((start, count + len(there) - 1 - len(here) - start))
    ones = (1,) * len(spatial)
    return tuple(places), tuple(taps), Window(tuple(kernel), ones, tuple(padding), ones)


def _product(matrix: Array, pixels: Array, shift: Array | None, out: Array) -> None:
    np.matmul(matrix, pixels, out=out)
    if shift is not None:
        out += shift[:, :, 0]


class _Block(NamedTuple):
    """Some of the images, and a band of lines of their outputs."""

    images: slice
    lines: slice
    window: Window      # as it stands at the first of these lines
    outputs: Shape


def _blocks(images: range, x: Array, channels: int, window: Window, outputs: Shape) -> Iterator[_Block]:
    """Cut the work of a correlation of these images to ``channels`` of output into parts that fit into the cache.

    Where the weights alone are larger than that, a part is as large as they are, to be worth reading them.
    """
    inputs = x.shape[1] * x.shape[2] * window.stride[0] * prod(window.kernel[1:])
    line = (inputs + channels) * prod(outputs[1:]) * x.itemsize
    room = max(_ROOM, x.shape[2] * channels * prod(window.kernel) * x.itemsize)
    height = min(outputs[0], max(1, room // line))
    count = max(1, room // (line * outputs[0]))
    (before, after), *others = window.padding
    for image in range(images.start, images.stop, count):
        for top in range(0, outputs[0], height):
            lines = range(top, min(top + height, outputs[0]))
            there = window._replace(padding=((before - top * window.stride[0], after), *others))
            yield _Block(slice(image, min(image + count, images.stop)), slice(top, lines.stop), there,
                         (len(lines), *outputs[1:]))


def _lowered(x: Array, block: _Block, first: str = "lines") -> Array:
    """Copy the windows along all spatial axes but the first side by side.

    Shapes:
        x:       (n, G, C, H, *spatial)
        lowered: (G, lines, C * taps, n * outputs), or with ``first="channels"`` (G, C * taps, lines, n * outputs)
    """
    inner = _axes(block.window, slice(1, None))
    view = windows(padded(x, block.window, block.outputs), inner, block.outputs[1:])
    outputs, taps = range(4, view.ndim - len(inner.kernel)), range(view.ndim - len(inner.kernel), view.ndim)
    columns = len(x) * prod(block.outputs[1:])
    if first == "lines":
        return _copied(view.transpose(1, 3, 2, *taps, 0, *outputs)).reshape(*view.shape[1:4:2], -1, columns)
    return _copied(view.transpose(1, 2, *taps, 3, 0, *outputs)).reshape(view.shape[1], -1, view.shape[3], columns)


def _copied(view: Array) -> Array:
    copy = empty(view.shape, view.dtype)
    copy[...] = view
    return copy


def _seen(lowered: Array, block: _Block) -> Array:
    """Return what each line of outputs sees, (G, H', kH * C * taps, n * outputs): a view unless dilated."""
    view = windows(lowered.transpose(0, 2, 3, 1), _axes(block.window, slice(1)), block.outputs[:1])
    view = view.transpose(0, 3, 4, 1, 2)
    return view.reshape(*view.shape[:2], -1, view.shape[4])


def _matrix(weight: Array, groups: int) -> Array:
    """Return the weights as matrices in the order of lowered lines: (O, C, kH, kW) -> (G, 1, O, kH * C * kW)."""
    by_tap = weight.reshape(groups, -1, *weight.shape[1:3], prod(weight.shape[3:])).transpose(0, 1, 3, 2, 4)
    return np.ascontiguousarray(by_tap.reshape(groups, 1, by_tap.shape[1], -1))


def _by_group(images: Array, groups: int) -> Array:
    return images.reshape(len(images), groups, images.shape[1] // groups, *images.shape[2:])


def _axes(window: Window, which: slice) -> Window:
    kernel, stride, padding, dilation = window
    return Window(kernel[which], stride[which], padding[which], dilation[which])


def _planar(window: Window) -> Window:
    """Return the window with one more axis in front, of size one, as images of a single axis get it."""
    kernel, stride, padding, dilation = window
    return Window((1, *kernel), (1, *stride), ((0, 0), *padding), (1, *dilation))


def _mirrored(window: Window, outputs: Shape, spatial: Shape) -> Window:
    """Return the window through which an input of sizes ``spatial`` sees the outputs, for stride one."""
    margins = ((extent - 1 - before, size + before - count) for extent, (before, _), count, size
               in zip(window.extent, window.padding, outputs, spatial, strict=True))
    return window._replace(padding=tuple(margins))
