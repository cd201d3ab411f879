"""Depthwise correlation: every channel has windows of its own, so there is no product of matrices to be had.

A plane at a time is copied to a frame, where a tap is one run over all windows, and runs are added up by vectors.
"""

import numpy as np
import numpy.typing as npt

from ...core import Array, Shape
from ..memory import empty
from ..threads import shares
from ..windows import Window
from .frames import ROOM, Frame, fill, frame_of, lines_in, lines_out, memory, spill
from .jit import jit, shared
from .vector import WIDTH, load, store, total

__all__ = ["by_phase", "input_grad", "outputs", "weight_grad"]

Places = npt.NDArray[np.int64]


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, counts: Shape) -> Array:
    """Return the correlation of (N, C, H, W) with (O, 1, kH, kW), where C divides O."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    frame, taps = frame_of(window, x.shape[2:], counts), _taps(weight)
    edges = shares(len(x), y.size * 4)
    parts = len(edges) - 1
    _outputs(edges, x, taps, shift, frame, memory(frame, x.dtype, parts=parts), _runs(parts, frame, x.dtype), y)
    return y


def input_grad(grad_out: Array, weight: Array, window: Window, groups: int, spatial: Shape) -> Array:
    """Return the gradient of ``x``."""
    grad_x = empty((len(grad_out), groups, *spatial), grad_out.dtype)
    frame = frame_of(window, spatial, grad_out.shape[2:])
    order, bounds, starts = by_phase(frame)
    taps = np.ascontiguousarray(_taps(weight)[:, order])
    edges = shares(len(grad_x), grad_out.size * 4)
    parts = len(edges) - 1
    _input_grad(edges, grad_out, taps, starts, bounds, frame, memory(frame, taps.dtype, parts=parts),
                _runs(parts, frame, taps.dtype, frame.reach), grad_x)
    return grad_x


def weight_grad(x: Array, grad_out: Array, window: Window) -> Array:
    """Return the gradient of ``weight``."""
    grad = np.empty((grad_out.shape[1], window.kernel[0] * window.kernel[1]), x.dtype)
    frame = frame_of(window, x.shape[2:], grad_out.shape[2:])
    edges = shares(len(grad), grad_out.size * 4)
    parts = len(edges) - 1
    _weight_grad(edges, x, grad_out, frame, memory(frame, x.dtype, parts=parts), _runs(parts, frame, x.dtype), grad)
    return grad.reshape(-1, 1, *window.kernel)


def by_phase(frame: Frame) -> tuple[Places, Places, Places]:
    """Return the way back: the taps phase by phase, and the first and last tap of each.

    What a tap brings to position ``p`` of its phase stands at ``start + p`` in a run with ``reach`` zeros before it.
    """
    order = np.argsort(frame.runs)
    bounds = np.searchsorted(frame.runs[order] // frame.size, [frame.phases[0], frame.phases[0] + 1])
    return order, bounds, frame.reach - frame.runs[order] % frame.size


def _taps(weight: Array) -> Array:
    return np.ascontiguousarray(weight.reshape(len(weight), -1))


def _runs(parts: int, frame: Frame, dtype: npt.DTypeLike, lead: int = 0) -> Array:
    """Return memory for a run in each of the parts, ``lead`` zeros in front of it, and zeros where it means nothing."""
    return np.zeros((parts, lead + frame.size + ROOM), dtype)


@jit
def _add_taps(source: Array, starts: Places, taps: Array, target: Array, to: int, length: int) -> None:
    """Add to ``target[to:to + length]`` every tap times the run of ``source`` that begins at its start."""
    for p in range(0, length, 4 * WIDTH):
        a, b = load(target, to + p), load(target, to + p + WIDTH)
        c, d = load(target, to + p + 2 * WIDTH), load(target, to + p + 3 * WIDTH)
        for k in range(taps.size):
            at, tap = starts[k] + p, taps[k]
            a = a + tap * load(source, at)
            b = b + tap * load(source, at + WIDTH)
            c = c + tap * load(source, at + 2 * WIDTH)
            d = d + tap * load(source, at + 3 * WIDTH)
        store(target, to + p, a)
        store(target, to + p + WIDTH, b)
        store(target, to + p + 2 * WIDTH, c)
        store(target, to + p + 3 * WIDTH, d)


@shared
def _outputs(part: int, start: int, stop: int, x: Array, taps: Array, shift: Array, frame: Frame, frames: Array,
             runs: Array, y: Array) -> None:
    planes, outputs, share, plane, run = x.reshape(-1), y.reshape(-1), len(taps) // x.shape[1], frames[part], runs[part]
    at = start * len(taps) * frame.lines * frame.columns
    for n in range(start, stop):
        for c in range(x.shape[1]):
            fill(planes, (n * x.shape[1] + c) * frame.area, frame, plane)
            for o in range(c * share, (c + 1) * share):
                run[:] = shift[o]
                _add_taps(plane, frame.runs, taps[o], run, 0, frame.length)
                lines_out(run, 0, frame, outputs, at)
                at += frame.lines * frame.columns


@shared
def _input_grad(part: int, start: int, stop: int, grad_out: Array, taps: Array, starts: Places, bounds: Places,
                frame: Frame, frames: Array, runs: Array, grad_x: Array) -> None:
    planes, outputs, share, plane, run = grad_x.reshape(-1), grad_out.reshape(-1), len(taps) // grad_x.shape[1], \
        frames[part], runs[part]
    at = start * len(taps) * frame.lines * frame.columns
    for n in range(start, stop):
        for c in range(grad_x.shape[1]):
            plane[:] = 0
            for o in range(c * share, (c + 1) * share):
                lines_in(outputs, at, frame, run, frame.reach)
                at += frame.lines * frame.columns
                for i in range(bounds.shape[1]):
                    first, last = bounds[0, i], bounds[1, i]
                    _add_taps(run, starts[first:last], taps[o, first:last], plane, frame.phases[0, i] * frame.size,
                              frame.size)
            spill(plane, frame, planes, (n * grad_x.shape[1] + c) * frame.area)


@shared
def _weight_grad(part: int, start: int, stop: int, x: Array, grad_out: Array, frame: Frame, frames: Array, runs: Array,
                 grad: Array) -> None:
    planes, outputs, share, (images, channels) = x.reshape(-1), grad_out.reshape(-1), len(grad) // x.shape[1], \
        grad_out.shape[:2]
    plane, run = frames[part], runs[part]
    grad[start:stop] = 0
    for n in range(images):
        for o in range(start, stop):
            fill(planes, (n * x.shape[1] + o // share) * frame.area, frame, plane)
            lines_in(outputs, (n * channels + o) * frame.lines * frame.columns, frame, run, 0)
            for k in range(frame.runs.size):
                at = frame.runs[k]
                a, b = load(run, 0) * load(plane, at), load(run, WIDTH) * load(plane, at + WIDTH)
                for p in range(2 * WIDTH, frame.length, 2 * WIDTH):
                    a = a + load(run, p) * load(plane, at + p)
                    b = b + load(run, p + WIDTH) * load(plane, at + p + WIDTH)
                grad[o, k] += total(a + b)
