"""Windows sliding over the last axes of an array, of any number: their arithmetic, their view and its adjoint."""

from math import prod
from types import EllipsisType
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..core import Array, Shape
from .memory import empty

__all__ = ["Window", "padded", "scatter", "windows"]

Index = tuple[EllipsisType | slice, ...]


class Window(NamedTuple):
    """The shape and the steps of a window; one entry for each spatial axis.

    Tap ``k`` of the window at output ``p`` reads position ``p * stride + k * dilation - padding[0]`` of the input.
    """

    kernel: Shape
    stride: Shape
    padding: tuple[tuple[int, int], ...]        # before and after; below zero where the input is cut instead
    dilation: Shape

    @property
    def extent(self) -> Shape:
        """How far a window reaches, first tap to last."""
        return tuple(dilation * (size - 1) + 1 for size, dilation in zip(self.kernel, self.dilation, strict=True))

    @property
    def is_point(self) -> bool:
        """Whether every window is one element and every element has its window."""
        return prod(self.kernel) == 1 == prod(self.stride) and not any(map(any, self.padding))

    def outputs(self, spatial: Shape, ceil_mode: bool = False) -> Shape:
        """Return how many windows fit along each axis; below one where none does.

        ``ceil_mode`` also counts a last window that hangs over the end, if it begins before the padding there.
        """
        counts = []
        for size, extent, stride, (before, after) in zip(spatial, self.extent, self.stride, self.padding, strict=True):
            room = size + before + after - extent
            count = room // stride + 1
            hangs = ceil_mode and room % stride > 0 and count * stride < size + before
            counts.append(count + hangs)
        return tuple(counts)

    def covered(self, outputs: Shape) -> Shape:
        """Return how much of the padded input ``outputs`` windows reach over along each axis."""
        return tuple((count - 1) * stride + extent
                     for count, stride, extent in zip(outputs, self.stride, self.extent, strict=True))

    def overlap(self, spatial: Shape, outputs: Shape) -> tuple[Index, Index]:
        """Return where windows and input meet: as index of the input, and of the frame that the windows cover."""
        here: list[EllipsisType | slice] = [...]
        there: list[EllipsisType | slice] = [...]
        for size, reach, (before, _) in zip(spatial, self.covered(outputs), self.padding, strict=True):
            start = max(0, -before)
            stop = max(start, min(size, reach - before))
            here.append(slice(start, stop))
            there.append(slice(start + before, stop + before))
        return tuple(here), tuple(there)


def padded(x: Array, window: Window, outputs: Shape, fill: float = 0.0) -> Array:
    """Return the frame that the windows cover, ``x`` with ``fill`` around it; a view where nothing is to fill.

    Shapes:
        x:     (..., *spatial)
        frame: (..., *window.covered(outputs))
    """
    axes = len(outputs)
    covered = window.covered(outputs)
    here, there = window.overlap(x.shape[-axes:], outputs)
    if there[1:] == tuple(slice(0, reach) for reach in covered):
        return x[here]
    frame = empty((*x.shape[:-axes], *covered), x.dtype)
    frame.fill(fill)
    frame[there] = x[here]
    return frame


def windows(frame: Array, window: Window, outputs: Shape) -> Array:
    """Return a view of all windows in a frame; ``view[..., *p, *k]`` is tap ``k`` of the window at output ``p``.

    Shapes:
        frame: (..., *window.covered(outputs))
        view:  (..., *outputs, *window.kernel), to be written to one tap at a time only
    """
    axes = len(outputs)
    lead, spatial = frame.strides[:-axes], frame.strides[-axes:]
    steps = (step * stride for step, stride in zip(spatial, window.stride, strict=True))
    taps = (step * dilation for step, dilation in zip(spatial, window.dilation, strict=True))
    return as_strided(frame, (*frame.shape[:-axes], *outputs, *window.kernel), (*lead, *steps, *taps))


def scatter(out: Array, values: Array, window: Window) -> None:
    """Add the ``values`` of windows to ``out`` where they lie: the adjoint of ``windows(padded(out))``.

    Shapes:
        out:    (..., *spatial)
        values: (..., *outputs, *window.kernel)
    """
    axes = len(window.kernel)
    outputs = values.shape[-2 * axes:-axes]
    here, there = window.overlap(out.shape[-axes:], outputs)
    frame = np.zeros((*out.shape[:-axes], *window.covered(outputs)), out.dtype)
    view = windows(frame, window, outputs)
    for tap in np.ndindex(window.kernel):       # windows overlap, but those of a single tap do not
        view[..., *tap] += values[..., *tap]
    out[here] += frame[there]
