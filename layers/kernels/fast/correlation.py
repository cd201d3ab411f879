"""Which way to correlate: products for 1 x 1, Winograd's for 3 x 3, run by run for depthwise, else directly."""

from math import prod

import numpy as np

from ...core import Array, Shape
from .. import correlation
from ..windows import Window
from . import depthwise, direct, points, winograd

__all__ = ["correlate", "correlate_adjoint", "correlate_weight_grad"]

def correlate(x: Array, weight: Array, bias: Array | None, window: Window, groups: int = 1) -> Array:
    """See the definition."""
    x = np.ascontiguousarray(x)
    if _is_planar(x):
        counts = window.outputs(x.shape[2:])
        if points.fits(window, groups) and prod(counts) > 1:
            return points.outputs(x, weight, bias)
        if winograd.fits(window, groups, x.shape[1], len(weight), len(x), counts):
            return winograd.outputs(x, weight, bias, window, counts)
        if _is_depthwise(x.shape[1], groups):
            return depthwise.outputs(x, weight, bias, window, counts)
        if prod(counts) > 1:
            return direct.outputs(x, weight, bias, window, groups, counts)
    return correlation.correlate.definition(x, weight, bias, window, groups)


def correlate_adjoint(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """See the definition."""
    grad_out = np.ascontiguousarray(grad_out)
    if _is_planar(grad_out):
        if points.fits(window, groups) and prod(spatial) > 1:
            return points.input_grad(grad_out, weight)
        if winograd.fits(window, groups, weight.shape[1], len(weight), len(grad_out), grad_out.shape[2:]):
            return winograd.input_grad(grad_out, weight, window, spatial)
        if _is_depthwise(weight.shape[1] * groups, groups):
            return depthwise.input_grad(grad_out, weight, window, groups, spatial)
    return correlation.correlate_adjoint.definition(grad_out, weight, window, groups, spatial)


def correlate_weight_grad(x: Array, grad_out: Array, window: Window, groups: int = 1) -> Array:
    """See the definition."""
    x, grad_out = np.ascontiguousarray(x), np.ascontiguousarray(grad_out)
    if _is_planar(x):
        if points.fits(window, groups) and prod(x.shape[2:]) > 1:
            return points.weight_grad(x, grad_out)
        if winograd.fits(window, groups, x.shape[1], grad_out.shape[1], len(x), grad_out.shape[2:]):
            return winograd.weight_grad(x, grad_out, window)
        if _is_depthwise(x.shape[1], groups):
            return depthwise.weight_grad(x, grad_out, window)
        if prod(grad_out.shape[2:]) > 1:
            return direct.weight_grad(x, grad_out, window, groups)
    return correlation.correlate_weight_grad.definition(x, grad_out, window, groups)


def _is_planar(images: Array) -> bool:
    return images.ndim == 4 and images.dtype in (np.float32, np.float64)


def _is_depthwise(channels: int, groups: int) -> bool:
    return channels == groups > 1
