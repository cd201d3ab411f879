"""Maxima and sums over windows, compiled: a tap is one run of a frame, and eight windows are looked at together."""

from functools import lru_cache
from math import prod

import numpy as np
import numpy.typing as npt

from ...core import Array, Shape
from .. import pooling
from ..memory import empty
from ..threads import shares
from ..windows import Window
from . import depthwise
from .frames import ROOM, Frame, fill, frame_of, lines_in, lines_out, memory, spill
from .jit import shared
from .vector import WIDTH, choose, larger, load, spread, store, store_bytes, where_equal

__all__ = ["window_max", "window_route", "window_spread", "window_sum"]

_STEP = 9               # places between windows up to which frames are worth it


def window_max(x: Array, window: Window, outputs: Shape) -> tuple[Array, Array]:
    """See the definition."""
    if not _is_fit(x, window):
        return pooling.window_max.definition(x, window, outputs)
    planes, flat, counts, *_ = _planar(x, window, outputs)
    shape, edges = (*x.shape[:-len(outputs)], *outputs), shares(len(planes), x.size)
    y, winners = (empty((len(planes), *counts), dtype) for dtype in (x.dtype, np.uint8))
    if counts[1] < WIDTH and _is_inside(flat, planes.shape[1:], counts):
        _max_one_by_one(edges, planes, *flat.stride, _taps(flat, planes.shape[2]), y, winners)
        return y.reshape(shape), winners.reshape(shape)
    frame = frame_of(flat, planes.shape[1:], counts)
    best, won = (np.empty((len(edges) - 1, frame.size + ROOM), dtype) for dtype in (x.dtype, np.uint8))
    _max(edges, planes, frame, memory(frame, x.dtype, -np.inf, parts=len(edges) - 1), best, won, y, winners)
    return y.reshape(shape), winners.reshape(shape)


def window_route(grad_out: Array, winners: Array, window: Window, spatial: Shape) -> Array:
    """See the definition."""
    if not _is_fit(grad_out, window):
        return pooling.window_route.definition(grad_out, winners, window, spatial)
    grads, flat, counts, sizes = _planar(grad_out, window, grad_out.shape[-len(spatial):], spatial)
    chosen = np.ascontiguousarray(winners).reshape(grads.shape)
    grad_x = empty((len(grads), *sizes), grad_out.dtype)
    edges = shares(len(grads), grad_x.size)
    if _is_inside(flat, sizes, counts):
        _route_one_by_one(edges, grads, chosen, *flat.stride, _taps(flat, sizes[1]), grad_x)
        return grad_x.reshape(*grad_out.shape[:-len(spatial)], *spatial)
    frame = frame_of(flat, sizes, counts)
    order, bounds, starts = depthwise.by_phase(frame)
    runs = np.zeros((2, len(edges) - 1, frame.reach + frame.size + ROOM), grad_out.dtype)
    _route(edges, grads, chosen, order.astype(grad_out.dtype), starts, bounds, frame,
           memory(frame, grad_out.dtype, parts=len(edges) - 1), runs, grad_x)
    return grad_x.reshape(*grad_out.shape[:-len(spatial)], *spatial)


def window_sum(x: Array, window: Window, outputs: Shape) -> Array:
    """See the definition: it is a correlation with ones."""
    tiles = _are_tiles(window, x.shape[-len(outputs):], outputs)
    if not (_is_fit(x, window) or tiles):
        return pooling.window_sum.definition(x, window, outputs)
    planes, flat, counts, *_ = _planar(x, window, outputs)
    if tiles:
        y = empty((len(planes), *counts), x.dtype)
        _sum_tiles(shares(len(planes), x.size), planes, *flat.kernel, y)
        return y.reshape(*x.shape[:-len(outputs)], *outputs)
    ones = np.ones((1, 1, *flat.kernel), x.dtype)
    y = depthwise.outputs(planes[:, None], ones, None, flat, counts)
    return y.reshape(*x.shape[:-len(outputs)], *outputs)


def window_spread(grad_out: Array, window: Window, spatial: Shape) -> Array:
    """See the definition."""
    tiles = _are_tiles(window, spatial, grad_out.shape[-len(spatial):])
    if not (_is_fit(grad_out, window) or tiles):
        return pooling.window_spread.definition(grad_out, window, spatial)
    grads, flat, _, sizes = _planar(grad_out, window, grad_out.shape[-len(spatial):], spatial)
    if tiles:
        grad_x = empty((len(grads), *sizes), grad_out.dtype)
        _spread_tiles(shares(len(grads), grad_x.size), grads, *flat.kernel, grad_x)
        return grad_x.reshape(*grad_out.shape[:-len(spatial)], *spatial)
    ones = np.ones((1, 1, *flat.kernel), grad_out.dtype)
    grad_x = depthwise.input_grad(grads[:, None], ones, flat, 1, sizes)
    return grad_x.reshape(*grad_out.shape[:-len(spatial)], *spatial)


def _is_fit(x: Array, window: Window) -> bool:
    """Return whether there are long runs: a frame has as many phases as a step has places."""
    few = prod(window.kernel) <= 256 and prod(window.stride) <= _STEP
    return few and len(window.kernel) <= 2 and x.dtype in (np.float32, np.float64) and x.size > 0


def _are_tiles(window: Window, spatial: Shape, outputs: Shape) -> bool:
    """Return whether windows lie side by side inside of the plane, and are too large for runs to be long."""
    apart = window.kernel == window.stride and max(window.dilation) == 1
    return apart and _is_inside(window, spatial, outputs) and len(outputs) <= 2 and prod(window.stride) > _STEP


def _is_inside(window: Window, spatial: Shape, outputs: Shape) -> bool:
    """Return whether no window reaches into padding."""
    fits = all(reach <= size for reach, size in zip(window.covered(outputs), spatial, strict=True))
    return fits and not any(map(any, window.padding))


@lru_cache(256)
def _taps(window: Window, breadth: int) -> npt.NDArray[np.int64]:
    """Return how far behind the first number of a window the others lie, in a plane of this breadth."""
    down, right = (np.arange(size) * apart for size, apart in zip(window.kernel, window.dilation, strict=True))
    return np.add.outer(down * breadth, right).reshape(-1)


def _planar(x: Array, window: Window, outputs: Shape, spatial: Shape = (),
            ) -> tuple[Array, Window, Shape, Shape]:
    """Return planes, window, and sizes with two spatial axes, the first of size one where there was only one."""
    lead = (1,) * (2 - len(outputs))
    kernel, stride, padding, dilation = window
    flat = Window((*lead, *kernel), (*lead, *stride), (*((0, 0) for _ in lead), *padding), (*lead, *dilation))
    sizes = (*lead, *x.shape[-len(outputs):])
    planes = np.ascontiguousarray(x).reshape(prod(x.shape[:-len(outputs)]), *sizes)
    return planes, flat, (*lead, *outputs), (*lead, *spatial)


@shared
def _max(part: int, start: int, stop: int, x: Array, frame: Frame, frames: Array, bests: Array, wons: Array, y: Array,
         winners: Array) -> None:
    plane, best, won = frames[part], bests[part], wons[part]
    planes, outputs, chosen, places = x.reshape(-1), y.reshape(-1), winners.reshape(-1), frame.lines * frame.columns
    least, none = spread(x.dtype.type(-np.inf)), spread(x.dtype.type(0))
    for n in range(start, stop):
        fill(planes, n * frame.area, frame, plane)
        for p in range(0, frame.length, WIDTH):
            most, number = least, none
            for k in range(frame.runs.size):
                value = load(plane, frame.runs[k] + p)
                number = choose(value, most, spread(x.dtype.type(k)), number)
                most = larger(most, value)
            store(best, p, most)
            store_bytes(won, p, number)
        lines_out(best, 0, frame, outputs, n * places)
        lines_out(won, 0, frame, chosen, n * places)


@shared
def _max_one_by_one(part: int, start: int, stop: int, x: Array, down: int, right: int, taps: npt.NDArray[np.int64],
                    y: Array, winners: Array) -> None:
    for n in range(start, stop):
        plane = x[n].reshape(-1)
        for i in range(y.shape[1]):
            line, best, won = plane[i * down * x.shape[2]:], y[n, i], winners[n, i]
            for j in range(best.size):
                most, number = line[j * right], 0
                for k in range(1, taps.size):
                    value = line[j * right + taps[k]]
                    number = k if value > most else number
                    most = most if value <= most or most != most else value         # NaN stays
                best[j], won[j] = most, number


@shared
def _route_one_by_one(part: int, start: int, stop: int, grad_out: Array, winners: Array, down: int, right: int,
                      taps: npt.NDArray[np.int64], grad_x: Array) -> None:
    for n in range(start, stop):
        plane = grad_x[n].reshape(-1)
        plane[:] = 0
        for i in range(grad_out.shape[1]):
            line, grads, won = plane[i * down * grad_x.shape[2]:], grad_out[n, i], winners[n, i]
            for j in range(grads.size):
                line[j * right + taps[won[j]]] += grads[j]


@shared
def _route(part: int, start: int, stop: int, grad_out: Array, winners: Array, numbers: Array,
           starts: npt.NDArray[np.int64], bounds: npt.NDArray[np.int64], frame: Frame, frames: Array, runs: Array,
           grad_x: Array) -> None:
    plane, run, won = frames[part], runs[0, part], runs[1, part]
    planes, grads, places = grad_x.reshape(-1), grad_out.reshape(-1), frame.lines * frame.columns
    for n in range(start, stop):
        lines_in(grads, n * places, frame, run, frame.reach)
        for i in range(frame.lines):
            room, line = won[frame.reach + i * frame.breadth:], winners[n, i]
            for j in range(line.size):
                room[j] = line[j]
        for i in range(bounds.shape[1]):
            for p in range(0, frame.size, WIDTH):
                value = spread(planes.dtype.type(0))
                for k in range(bounds[0, i], bounds[1, i]):
                    at = starts[k] + p
                    value = value + where_equal(load(won, at), spread(numbers[k]), load(run, at))
                store(plane, frame.phases[0, i] * frame.size + p, value)
        spill(plane, frame, planes, n * frame.area)


@shared
def _sum_tiles(part: int, start: int, stop: int, x: Array, height: int, width: int, y: Array) -> None:
    for n in range(start, stop):
        for i in range(y.shape[1]):
            for j in range(y.shape[2]):
                total = y.dtype.type(0)
                for line in x[n, i * height:(i + 1) * height, j * width:(j + 1) * width]:
                    for q in range(line.size):
                        total += line[q]
                y[n, i, j] = total


@shared
def _spread_tiles(part: int, start: int, stop: int, grad_out: Array, height: int, width: int, grad_x: Array) -> None:
    lines, columns = grad_out.shape[1] * height, grad_out.shape[2] * width
    for n in range(start, stop):
        grad_x[n, lines:] = 0
        for h in range(lines):
            line = grad_x[n, h]
            line[columns:] = 0
            for j in range(grad_out.shape[2]):
                value = grad_out[n, h // height, j]
                few = line[j * width:(j + 1) * width]
                for q in range(few.size):
                    few[q] = value
