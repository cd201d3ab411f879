"""Frames: a plane with its padding, sorted so that each tap of all windows is one run of memory.

Windows that step by a stride visit positions of one remainder only, so a frame keeps the positions of each pair of
remainders, a phase, together: position (h, w) of the padded plane lies in phase (h % s, w % t) at (h // s, w // t).
What tap k of the window at output (i, j) reads is then ``frame[runs[k] + i * breadth + j]``. Between two lines of
outputs a run has ``breadth - columns`` positions that mean nothing.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core import Array, Shape
from ..windows import Window
from .jit import jit
from .vector import WIDTH, copy, copy_alternate, riffle

__all__ = ["ROOM", "Frame", "fill", "frame_of", "lines_in", "lines_out", "memory", "span", "spill"]

ROOM = 4 * WIDTH        # numbers that may be read or written beyond the end of a run


class Frame(NamedTuple):
    """Where everything lies; an argument of compiled functions."""

    stride: int                     # along a line
    line: int                       # from a line of the plane to that with the next line of its phase
    size: int                       # of a phase
    breadth: int                    # of a line of a phase
    lines: int                      # of outputs
    columns: int                    # of outputs
    length: int                     # of a run
    reach: int                      # how far into a phase runs begin, at most
    area: int                       # of the plane
    paired: bool                    # whether lines of two phases riffle into lines of the plane
    covered: bool                   # whether every place of the plane has its place in the frame
    runs: npt.NDArray[np.int64]     # where in the frame those of the taps begin
    phases: npt.NDArray[np.int64]   # (5, phases): number, places in frame and plane, lines and columns to be copied


@lru_cache(256)
def frame_of(window: Window, spatial: Shape, outputs: Shape) -> Frame:
    """Return the frame of windows over the planes of images with two axes."""
    (s, t), (d, e), ((top, _), (left, _)) = window.stride, window.dilation, window.padding
    height, breadth = (-(-reach // stride) for reach, stride in zip(window.covered(outputs), (s, t), strict=True))
    taps = [(r * d, q * e) for r in range(window.kernel[0]) for q in range(window.kernel[1])]
    starts = [h // s * breadth + w // t for h, w in taps]
    numbers = [h % s * t + w % t for h, w in taps]
    phases = []
    for number in sorted(set(numbers)):
        row, column = number // t - top, number % t - left
        (i, lines), (j, columns) = _inside(row, s, height, spatial[0]), _inside(column, t, breadth, spatial[1])
        phases.append((number, (number * height + i) * breadth + j, (i * s + row) * spatial[1] + j * t + column,
                       lines, columns))
    table = np.array(phases).T
    evens, odds = table[1:, ::2], table[1:, 1::2]
    paired = t == 2 and evens.shape == odds.shape and bool((evens[1:] + np.array([[1], [0], [0]]) == odds[1:]).all())
    return Frame(t, s * spatial[1], height * breadth, breadth, outputs[0], outputs[1],
                 (outputs[0] - 1) * breadth + outputs[1], max(starts), spatial[0] * spatial[1], paired,
                 int(table[3] @ table[4]) == spatial[0] * spatial[1],
                 np.array(starts) + np.array(numbers) * height * breadth, table)


def _inside(shift: int, stride: int, count: int, size: int) -> tuple[int, int]:
    """Return the first of ``count`` places whose position ``place * stride + shift`` is inside, and how many are."""
    first = min(count, max(0, -(shift // stride)))
    return first, max(0, min(count, (size - 1 - shift) // stride + 1) - first)


def memory(frame: Frame, dtype: npt.DTypeLike, border: float = 0.0, *, parts: int = 1) -> Array:
    """Return memory for a frame in each of the parts, with a border that ``fill`` does not touch."""
    return np.full((parts, span(frame)), border, dtype)


def span(frame: Frame) -> int:
    """Return the memory of a frame, in numbers."""
    return int((frame.phases[0, -1] + 1) * frame.size + ROOM)


@jit
def fill(planes: Array, at: int, frame: Frame, target: Array, base: int = 0) -> None:
    """Copy a plane, at ``at`` of an array of one axis, to its places in a frame, at ``base`` of another."""
    for k in range(frame.phases.shape[1]):
        to, here, columns = base + frame.phases[1, k], at + frame.phases[2, k], frame.phases[4, k]
        for i in range(frame.phases[3, k]):
            if frame.stride == 1:
                copy(planes, here + i * frame.line, target, to + i * frame.breadth, columns)
            elif frame.stride == 2:
                copy_alternate(planes, here + i * frame.line, target, to + i * frame.breadth, columns)
            else:
                source, few = planes[here + i * frame.line:], target[to + i * frame.breadth:]
                for j in range(columns):
                    few[j] = source[j * frame.stride]


@jit
def spill(source: Array, frame: Frame, planes: Array, at: int) -> None:
    """Copy a frame back to its plane, at ``at`` of an array of one axis; zero to where no window reaches."""
    if not frame.covered:
        planes[at:at + frame.area] = 0
    for k in range(frame.phases.shape[1]):
        to, here, columns = frame.phases[1, k], at + frame.phases[2, k], frame.phases[4, k]
        if frame.paired and k % 2 == 0:
            for i in range(frame.phases[3, k]):
                riffle(source, to + i * frame.breadth, frame.phases[1, k + 1] + i * frame.breadth, planes,
                       here + i * frame.line, columns)
            continue
        for i in range(0 if frame.paired else frame.phases[3, k]):
            if frame.stride == 1:
                copy(source, to + i * frame.breadth, planes, here + i * frame.line, columns)
            else:
                target, few = planes[here + i * frame.line:], source[to + i * frame.breadth:]
                for j in range(columns):
                    target[j * frame.stride] = few[j]


@jit
def lines_in(outputs: Array, at: int, frame: Frame, run: Array, to: int) -> None:
    """Copy a plane of outputs, at ``at`` of an array of one axis, to a run; what means nothing there stays."""
    if frame.breadth == frame.columns:
        copy(outputs, at, run, to, frame.length)
        return
    for i in range(frame.lines):
        copy(outputs, at + i * frame.columns, run, to + i * frame.breadth, frame.columns)


@jit
def lines_out(run: Array, at: int, frame: Frame, outputs: Array, to: int) -> None:
    """Copy what has a meaning in a run to a plane of outputs, at ``to`` of an array of one axis."""
    if frame.breadth == frame.columns:
        copy(run, at, outputs, to, frame.length)
        return
    for i in range(frame.lines):
        copy(run, at + i * frame.breadth, outputs, to + i * frame.columns, frame.columns)
