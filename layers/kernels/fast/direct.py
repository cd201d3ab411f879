"""Correlation by vectors of neighbouring outputs, straight from the frames of an image: nothing is copied per tap.

Twelve or sixteen sums are in registers at a time, of four channels of output, so that each number loaded serves
several products.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core import Array, Shape
from ..memory import empty
from ..threads import shares
from ..windows import Window
from .frames import Frame, fill, frame_of, lines_in, lines_out, span
from .jit import inlined, jit, shared
from .vector import WIDTH, load, spread, store, transposed

__all__ = ["outputs", "weight_grad"]

_ROOM = 1 << 18         # bytes of frames at a time

Places = npt.NDArray[np.int64]


def outputs(x: Array, weight: Array, bias: Array | None, window: Window, groups: int, counts: Shape) -> Array:
    """Return the correlation; shapes as in ``correlate``."""
    y = empty((len(x), len(weight), *counts), x.dtype)
    plan = _Plan.of(window, x.shape[2:], counts, x.shape[1] // groups, True)
    shift = np.zeros(len(weight), x.dtype) if bias is None else bias
    taps = _by_fours(weight.reshape(groups, len(weight) // groups, -1))
    ats, tos = _filled(plan.ats, 3), _filled(plan.tos, 3)
    edges = shares(len(x), y.size * plan.reads.size // 4)
    frames, runs = (np.zeros((len(edges) - 1, count * plan.span), x.dtype) for count in (x.shape[1], len(weight)))
    _outputs(edges, x, taps, shift, plan.frame, plan.span, plan.reads, ats, tos, plan.whole, frames, runs, y)
    return y


def weight_grad(x: Array, grad_out: Array, window: Window, groups: int) -> Array:
    """Return the gradient of ``weight``."""
    channels, share = grad_out.shape[1], grad_out.shape[1] // groups
    plan = _Plan.of(window, x.shape[2:], grad_out.shape[2:], x.shape[1] // groups, False)
    reads = _filled(plan.reads, 4)
    at_once = max(1, _ROOM // (x.shape[1] * plan.span * x.itemsize))
    edges = shares(len(x), grad_out.size * plan.reads.size // 4)
    count, parts = max(1, min(int(edges[1]), at_once)), len(edges) - 1
    frames, runs = (np.zeros((parts, count * planes * plan.span), x.dtype) for planes in (x.shape[1], channels))
    sums = np.zeros((parts, groups, -(-share // 4), reads.size // 4, 4, 4), x.dtype)
    _weight_grad(edges, x, grad_out, count, plan.frame, plan.span, reads, plan.ats, plan.tos, plan.whole, frames, runs,
                 sums)
    grad = sums.sum(axis=0)
    # (G, O / 4, taps / 4, 4 channels, 4 taps) -> (G, O, taps)
    grad = grad.swapaxes(2, 3).reshape(groups, -1, reads.size)[:, :share, :plan.reads.size]
    return np.ascontiguousarray(grad).reshape(channels, -1, *window.kernel)


class _Plan(NamedTuple):
    """What is read and written by vectors: for one channel of output, of the channels of input that it sees."""

    frame: Frame
    span: int           # memory of a frame, or of a run
    reads: Places       # where the runs of all taps begin, in the frames of the channels
    ats: Places         # where in a run vectors begin
    tos: Places         # where they belong: in a plane of outputs, or again in a run
    whole: bool         # whether it is in a plane of outputs

    @classmethod
    @lru_cache(256)
    def of(cls, window: Window, spatial: Shape, counts: Shape, channels: int, overlap: bool) -> "_Plan":
        """Cut lines of outputs into vectors, or runs if those are fewer; the last of a line may overlap."""
        frame = frame_of(window, spatial, counts)
        room = span(frame)
        reads = np.add.outer(np.arange(channels) * room, frame.runs).reshape(-1)
        ats = tos = np.arange(0, frame.length, WIDTH)
        per_line = -(-frame.columns // WIDTH)
        fits = frame.columns >= WIDTH if overlap else frame.columns % WIDTH == 0
        whole = fits and per_line * frame.lines <= ats.size
        if whole:
            places = np.minimum(np.arange(per_line) * WIDTH, frame.columns - WIDTH)
            ats, tos = (np.add.outer(np.arange(frame.lines) * line, places).reshape(-1)
                        for line in (frame.breadth, frame.columns))
        return cls(frame, room, reads, ats, tos, whole)


def _filled(places: Places, size: int) -> Places:
    """Return the places with the last one repeated until ``size`` divides their number."""
    return np.concatenate([places, np.repeat(places[-1:], -len(places) % size)])


def _by_fours(matrices: Array) -> Array:
    """Return weights (G, O, taps) as (G, O / 4, taps, 4), with zeros where four does not divide the channels."""
    groups, channels, taps = matrices.shape
    filled = np.zeros((groups, -(-channels // 4) * 4, taps), matrices.dtype)
    filled[:, :channels] = matrices
    return np.ascontiguousarray(filled.reshape(groups, -1, 4, taps).swapaxes(2, 3))


@shared
def _outputs(part: int, start: int, stop: int, x: Array, weight: Array, shift: Array, frame: Frame, span: int,
             reads: Places, ats: Places, tos: Places, whole: bool, all_frames: Array, all_runs: Array,
             y: Array) -> None:
    inputs, channels, places = x.shape[1], y.shape[1], frame.lines * frame.columns
    planes, outputs, share = x.reshape(-1), y.reshape(-1), channels // len(weight)
    frames, runs = all_frames[part], all_runs[part]
    for n in range(start, stop):
        for i in range(inputs):
            fill(planes, (n * inputs + i) * frame.area, frame, frames, i * span)
        for few in range(len(weight) * ats.size // 3):          # of the outputs, whose inputs stay in the cache
            group, v = few // (ats.size // 3), few % (ats.size // 3) * 3
            base = inputs // len(weight) * group * span
            at, then, last = base + ats[v], base + ats[v + 1], base + ats[v + 2]
            for four in range(weight.shape[1]):
                taps, o, count = weight[group, four], group * share + 4 * four, min(4, share - 4 * four)
                a, d = spread(shift[o]), spread(shift[o + min(1, count - 1)])
                g, j = spread(shift[o + min(2, count - 1)]), spread(shift[o + min(3, count - 1)])
                b, c, e, f, h, i, k, m = a, a, d, d, g, g, j, j
                for r in range(reads.size):
                    p, q, s = load(frames, at + reads[r]), load(frames, then + reads[r]), load(frames, last + reads[r])
                    w = taps[r, 0]
                    a, b, c = a + w * p, b + w * q, c + w * s
                    w = taps[r, 1]
                    d, e, f = d + w * p, e + w * q, f + w * s
                    w = taps[r, 2]
                    g, h, i = g + w * p, h + w * q, i + w * s
                    w = taps[r, 3]
                    j, k, m = j + w * p, k + w * q, m + w * s
                step, here = (places, (n * channels + o) * places) if whole else (span, o * span)
                target = outputs if whole else runs
                _put(target, here, tos, v, a, b, c)
                if count > 1:
                    _put(target, here + step, tos, v, d, e, f)
                if count > 2:
                    _put(target, here + 2 * step, tos, v, g, h, i)
                if count > 3:
                    _put(target, here + 3 * step, tos, v, j, k, m)
        if not whole:
            for o in range(channels):
                lines_out(runs, o * span, frame, outputs, (n * channels + o) * places)


@inlined
def _put(target: Array, here: int, tos: Places, v: int, a: float, b: float, c: float) -> None:
    store(target, here + tos[v], a)
    store(target, here + tos[v + 1], b)
    store(target, here + tos[v + 2], c)


@shared
def _weight_grad(part: int, start: int, stop: int, x: Array, grad_out: Array, count: int, frame: Frame, span: int,
                 reads: Places, ats: Places, tos: Places, whole: bool, frames: Array, runs: Array,
                 sums: Array) -> None:
    for first in range(start, stop, count):
        few = slice(first, min(first + count, stop))
        _add_weight_grad(x[few], grad_out[few], frame, span, reads, ats, tos, whole, frames[part], runs[part],
                         sums[part])


@jit
def _add_weight_grad(x: Array, grad_out: Array, frame: Frame, span: int, reads: Places, ats: Places, tos: Places,
                     whole: bool, frames: Array, runs: Array, grad: Array) -> None:
    (images, inputs), channels, groups = x.shape[:2], grad_out.shape[1], len(grad)
    planes, outputs, share = x.reshape(-1), grad_out.reshape(-1), channels // groups
    for n in range(images * inputs):
        fill(planes, n * frame.area, frame, frames, n * span)
    seen, plane = outputs, frame.lines * frame.columns
    if not whole:
        for n in range(images * channels):
            lines_in(outputs, n * plane, frame, runs, n * span)
        seen, plane = runs, span
    zero = spread(x.dtype.type(0))
    for block in range(groups * grad.shape[1]):
        group, four = block // grad.shape[1], block % grad.shape[1]
        first = group * share + 4 * four
        second, third = min(first + 1, (group + 1) * share - 1), min(first + 2, (group + 1) * share - 1)
        fourth = min(first + 3, (group + 1) * share - 1)
        for part in range(grad.shape[2]):
            r0, r1, r2, r3 = reads[4 * part], reads[4 * part + 1], reads[4 * part + 2], reads[4 * part + 3]
            a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = zero
            for n in range(images):
                base, here = (n * inputs + inputs // groups * group) * span, n * channels * plane
                for v in range(ats.size):
                    at, to = base + ats[v], here + tos[v]
                    p, q = load(frames, at + r0), load(frames, at + r1)
                    s, t = load(frames, at + r2), load(frames, at + r3)
                    g = load(seen, to + first * plane)
                    a0, a1, a2, a3 = a0 + g * p, a1 + g * q, a2 + g * s, a3 + g * t
                    g = load(seen, to + second * plane)
                    b0, b1, b2, b3 = b0 + g * p, b1 + g * q, b2 + g * s, b3 + g * t
                    g = load(seen, to + third * plane)
                    c0, c1, c2, c3 = c0 + g * p, c1 + g * q, c2 + g * s, c3 + g * t
                    g = load(seen, to + fourth * plane)
                    d0, d1, d2, d3 = d0 + g * p, d1 + g * q, d2 + g * s, d3 + g * t
            result = grad[group, four, part].reshape(-1)
            _add_totals(result, 0, (a0, a1, a2, a3, b0, b1, b2, b3))
            _add_totals(result, WIDTH, (c0, c1, c2, c3, d0, d1, d2, d3))


@inlined
def _add_totals(target: Array, at: int, vectors: tuple[float, ...]) -> None:
    """Add the totals of eight vectors to eight numbers: turned, they are sums of vectors."""
    rows = transposed(vectors)
    store(target, at, load(target, at) + (rows[0] + rows[1] + rows[2] + rows[3])
          + (rows[4] + rows[5] + rows[6] + rows[7]))
