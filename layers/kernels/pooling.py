"""Maxima and sums over windows, in any number of spatial axes, and their adjoints.

Every leading axis counts planes, which are worked on a few at a time, as many as fit into the cache.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from ..core import Array, Shape
from .twin import compiled
from .windows import Window, padded, scatter, windows

__all__ = ["range_max", "window_max", "window_pick", "window_places", "window_route", "window_spread", "window_sum"]

_ROOM = 1 << 19         # bytes of input at a time


@compiled
def window_max(x: Array, window: Window, outputs: Shape) -> tuple[Array, Array]:
    """Return the maximum of every window and the number of the tap that has it, the first of equals.

    Shapes:
        x:       (..., *spatial)
        y:       (..., *outputs)
        winners: (..., *outputs), in the smallest integer dtype that can number the taps
    """
    lead, planes = _planes(x, len(outputs))
    taps = list(np.ndindex(window.kernel))
    y = np.full((len(planes), *outputs), -np.inf, x.dtype)
    winners = np.zeros(y.shape, np.min_scalar_type(len(taps) - 1))
    for part in _blocks(planes):
        best, winner = y[part], winners[part]
        value, larger = np.empty_like(best), np.empty_like(winner)
        view = windows(padded(planes[part], window, outputs, -np.inf), window, outputs)
        for number, tap in enumerate(taps):
            np.copyto(value, view[..., *tap])                     # contiguous: three passes follow
            np.multiply(value > best, winner.dtype.type(number), out=larger)
            np.maximum(winner, larger, out=winner)                  # later numbers are larger
            np.maximum(best, value, out=best)
    return y.reshape(*lead, *outputs), winners.reshape(*lead, *outputs)


def range_max(x: Array, starts: tuple[Array, ...], stops: tuple[Array, ...]) -> tuple[Array, Array]:
    """Return the largest value of every block and its place in the flattened spatial axes, the first of equals.

    A block is a product of ranges, so the axes are worked off one by one: the largest of the largest.

    Shapes:
        x:                   (..., *spatial)
        starts[a], stops[a]: (..., outputs[a]), ranges along axis a; (outputs[a],) if they are the same in all planes
        y, places:           (..., *outputs)
    """
    axes = len(starts)
    lead, planes = _planes(x, axes)
    bounds = [(start.reshape(-1, start.shape[-1]), stop.reshape(-1, stop.shape[-1]))
              for start, stop in zip(starts, stops, strict=True)]
    outputs = tuple(start.shape[1] for start, _ in bounds)
    y = np.empty((len(planes), *outputs), x.dtype)
    places = np.empty(y.shape, np.int64)
    for part in _blocks(planes):
        best, place = planes[part], np.empty(0, np.int64)
        for axis in range(axes, 0, -1):
            start, stop = (ends if len(ends) == 1 else ends[part] for ends in bounds[axis - 1])
            best, at = _largest(best, start, stop, axis)
            earlier = np.take_along_axis(place, at, axis) if place.size else 0      # along the axes behind this one
            place = earlier + at * prod(planes.shape[axis + 1:])
        y[part], places[part] = best, place
    return y.reshape(*lead, *outputs), places.reshape(*lead, *outputs)


def window_pick(x: Array, winners: Array, window: Window) -> Array:
    """Return what ``x`` has at the winning tap of every window; zero in the padding."""
    axes = len(window.kernel)
    (lead, planes), (_, winners), outputs = _planes(x, axes), _planes(winners, axes), winners.shape[-axes:]
    y = np.empty(winners.shape, x.dtype)
    for part in _blocks(planes):
        frame = padded(planes[part], window, outputs)
        np.take(frame, _positions(winners[part], window), out=y[part])
    return y.reshape(*lead, *outputs)


def window_places(winners: Array, window: Window, spatial: Shape) -> Array:
    """Return where the winning taps lie in the flattened spatial axes; a place in the padding moves to the border."""
    places = np.zeros(winners.shape, np.int64)
    outputs = winners.shape[-len(spatial):]
    for axis, (size, stride, dilation, (before, _)) in enumerate(
            zip(spatial, window.stride, window.dilation, window.padding, strict=True)):
        tap = winners // prod(window.kernel[axis + 1:]) % window.kernel[axis]
        first = (np.arange(outputs[axis]) * stride - before).reshape(-1, *[1] * (len(spatial) - axis - 1))
        places += np.clip(first + tap.astype(np.int64) * dilation, 0, size - 1) * prod(spatial[axis + 1:])
    return places


@compiled
def window_route(grad_out: Array, winners: Array, window: Window, spatial: Shape) -> Array:
    """Return ``grad_out`` added up at the winning taps of its windows: the adjoint of ``window_pick``."""
    axes = len(spatial)
    (lead, grads), (_, winners), outputs = _planes(grad_out, axes), _planes(winners, axes), winners.shape[-axes:]
    grad_x = np.zeros((len(grads), *spatial), grad_out.dtype)
    here, there = window.overlap(spatial, outputs)
    for part in _blocks(grad_x):
        frame = np.zeros((len(grads[part]), *window.covered(outputs)), grad_out.dtype)
        np.add.at(frame.reshape(-1), _positions(winners[part], window).reshape(-1), grads[part].reshape(-1))
        grad_x[part][here] = frame[there]
    return grad_x.reshape(*lead, *spatial)


@compiled
def window_sum(x: Array, window: Window, outputs: Shape) -> Array:
    """Return the sum of every window.

    Shapes:
        x: (..., *spatial)
        y: (..., *outputs)
    """
    lead, planes = _planes(x, len(outputs))
    y = np.zeros((len(planes), *outputs), x.dtype)
    for part in _blocks(planes):
        view = windows(padded(planes[part], window, outputs), window, outputs)
        for tap in np.ndindex(window.kernel):
            y[part] += view[..., *tap]
    return y.reshape(*lead, *outputs)


@compiled
def window_spread(grad_out: Array, window: Window, spatial: Shape) -> Array:
    """Return ``grad_out`` added up at every tap of its windows: the adjoint of ``window_sum``."""
    axes = len(spatial)
    lead, grads = _planes(grad_out, axes)
    grad_x = np.zeros((len(grads), *spatial), grad_out.dtype)
    for part in _blocks(grad_x):
        values = grads[part].reshape(-1, *grads.shape[1:], *[1] * axes)
        scatter(grad_x[part], np.broadcast_to(values, (*values.shape[:-axes], *window.kernel)), window)
    return grad_x.reshape(*lead, *spatial)


def _largest(x: Array, start: Array, stop: Array, axis: int) -> tuple[Array, Array]:
    """Return the largest values of ranges along an axis of planes, and where along it they are."""
    taps = int((stop - start).max())
    best = _along(x, start, axis)
    winner = np.zeros(best.shape, np.min_scalar_type(taps))
    for number in range(1, taps):       # a range that is shorter than others repeats its last value
        value = _along(x, np.minimum(start + number, stop - 1), axis)
        np.maximum(winner, np.multiply(value > best, winner.dtype.type(number)), out=winner)
        np.maximum(best, value, out=best)
    return best, winner + start.reshape(len(start), *[1] * (axis - 1), -1, *[1] * (x.ndim - 1 - axis))


def _along(x: Array, at: Array, axis: int) -> Array:
    """Return the values at positions along an axis, the same in all planes if there is only one row of them."""
    rows = at.reshape(len(at), *[1] * (axis - 1), -1, *[1] * (x.ndim - 1 - axis))
    seen: Array = np.take(x, at[0], axis) if len(at) == 1 else np.take_along_axis(x, rows, axis)
    return seen


def _planes(x: Array, axes: int) -> tuple[Shape, Array]:
    lead, spatial = x.shape[:-axes], x.shape[-axes:]
    return lead, x.reshape(prod(lead), *spatial)


def _blocks(planes: Array) -> Iterator[slice]:
    count = max(1, _ROOM // (prod(planes.shape[1:]) * planes.itemsize))
    return (slice(start, start + count) for start in range(0, len(planes), count))


def _positions(winners: Array, window: Window) -> Array:
    """Return where in the frame of the planes, read as one row, the winning taps lie; the shape is that of winners."""
    outputs = winners.shape[1:]
    covered = window.covered(outputs)
    view = windows(np.arange(prod(covered)).reshape(covered), window, outputs)
    first: tuple[Any, ...] = (0,) * len(outputs)
    positions: Array = view[first].reshape(-1)[winners]
    positions += view[..., *first]
    positions += (np.arange(len(winners)) * prod(covered)).reshape(-1, *[1] * len(outputs))
    return positions
