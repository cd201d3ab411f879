"""Depthwise correlation: every channel has windows of its own, so there is no product of matrices to be had.

Lines of outputs are added up tap by tap, while they are in the first-level cache.
"""

import numpy as np

from ...core import Array, Shape
from ..memory import empty
from ..threads import in_parallel
from ..windows import Window
from .jit import inlined, jit

__all__ = ["input_grad", "outputs", "weight_grad"]


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, counts: Shape) -> Array:
    """Return the correlation of (N, C, H, W) with (O, 1, kH, kW), where C divides O."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    geometry = _geometry(window)
    in_parallel(lambda start, stop: _outputs(x, weight, shift, geometry, y, start, stop), len(x), y.size * 4)
    return y


def input_grad(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """Return the gradient of ``x``."""
    grad_x = empty((len(grad_out), groups, *spatial), grad_out.dtype)
    geometry = _geometry(window)
    in_parallel(lambda start, stop: _input_grad(grad_out, weight, geometry, grad_x, start, stop), len(grad_x),
                grad_out.size * 4)
    return grad_x


def weight_grad(x: Array, grad_out: Array, window: Window) -> Array:
    """Return the gradient of ``weight``."""
    grad = np.empty((grad_out.shape[1], 1, *window.kernel), x.dtype)
    geometry = _geometry(window)
    in_parallel(lambda start, stop: _weight_grad(x, grad_out, geometry, grad, start, stop), len(grad),
                grad_out.size * 4)
    return grad


def _geometry(window: Window) -> tuple[int, ...]:
    """Return stride, dilation and padding in front, of lines and then of columns."""
    return tuple(side for axis in (0, 1) for side in (window.stride[axis], window.dilation[axis],
                                                      window.padding[axis][0]))


@inlined
def _inside(shift: int, stride: int, count: int, size: int) -> tuple[int, int]:
    """Return the first output whose tap, ``output * stride + shift``, is inside, and the first after those."""
    return max(0, -(shift // stride)), min(count, (size - 1 - shift) // stride + 1)


@jit
def _outputs(x: Array, weight: Array, shift: Array, geometry: tuple[int, ...], y: Array, start: int,
             stop: int) -> None:
    s, d, top, t, e, left = geometry
    share = weight.shape[0] // x.shape[1]
    for n in range(start, stop):
        for o in range(y.shape[1]):
            plane = x[n, o // share]
            for i in range(y.shape[2]):
                line = y[n, o, i]
                line[:] = shift[o]
                for r in range(weight.shape[2]):
                    h = i * s + r * d - top
                    if 0 <= h < plane.shape[0]:
                        source = plane[h]
                        for q in range(weight.shape[3]):
                            tap, column = weight[o, 0, r, q], q * e - left
                            first, last = _inside(column, t, line.size, source.size)
                            if t == 1:
                                for j in range(first, last):
                                    line[j] += tap * source[j + column]
                            else:
                                for j in range(first, last):
                                    line[j] += tap * source[j * t + column]


@jit
def _input_grad(grad_out: Array, weight: Array, geometry: tuple[int, ...], grad_x: Array, start: int,
                stop: int) -> None:
    s, d, top, t, e, left = geometry
    share = weight.shape[0] // grad_x.shape[1]
    for n in range(start, stop):
        grad_x[n] = 0
        for o in range(grad_out.shape[1]):
            plane = grad_x[n, o // share]
            for i in range(grad_out.shape[2]):
                line = grad_out[n, o, i]
                for r in range(weight.shape[2]):
                    h = i * s + r * d - top
                    if 0 <= h < plane.shape[0]:
                        source = plane[h]
                        for q in range(weight.shape[3]):
                            tap, column = weight[o, 0, r, q], q * e - left
                            first, last = _inside(column, t, line.size, source.size)
                            if t == 1:
                                for j in range(first, last):
                                    source[j + column] += tap * line[j]
                            else:
                                for j in range(first, last):
                                    source[j * t + column] += tap * line[j]


@jit
def _weight_grad(x: Array, grad_out: Array, geometry: tuple[int, ...], grad: Array, start: int, stop: int) -> None:
    s, d, top, t, e, left = geometry
    share = grad.shape[0] // x.shape[1]
    for o in range(start, stop):
        grad[o] = 0
        for n in range(x.shape[0]):
            plane = x[n, o // share]
            for i in range(grad_out.shape[2]):
                line = grad_out[n, o, i]
                for r in range(grad.shape[2]):
                    h = i * s + r * d - top
                    if 0 <= h < plane.shape[0]:
                        source = plane[h]
                        for q in range(grad.shape[3]):
                            column, total = q * e - left, grad.dtype.type(0)
                            first, last = _inside(column, t, line.size, source.size)
                            if t == 1:
                                for j in range(first, last):
                                    total += line[j] * source[j + column]
                            else:
                                for j in range(first, last):
                                    total += line[j] * source[j * t + column]
                            grad[o, 0, r, q] += total
