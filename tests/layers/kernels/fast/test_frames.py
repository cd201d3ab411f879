"""Frames against the definition of windows: a tap is a run."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import Window, padded, windows

pytest.importorskip("numba")
from chainrule.layers.kernels.fast.frames import fill, frame_of, lines_in, lines_out, memory, spill  # needs Numba

sides = st.tuples(st.integers(-1, 3), st.integers(-1, 3))
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=80)
@given(st.tuples(st.integers(1, 19), st.integers(1, 35)), pairs, pairs, st.tuples(sides, sides), pairs)
def test_runs_are_taps(size, kernel, stride, padding, dilation):
    window = Window(kernel, stride, padding, dilation)
    outputs = window.outputs(size)
    assume(min(outputs) >= 1)
    plane = np.random.default_rng(0).standard_normal(size)
    frame = frame_of(window, size, outputs)
    target, seen = memory(frame, plane.dtype)[0], windows(padded(plane, window, outputs), window, outputs)
    fill(plane.reshape(-1), 0, frame, target)
    for k, tap in enumerate(np.ndindex(kernel)):
        found = np.empty(outputs)
        lines_out(target, frame.runs[k], frame, found.reshape(-1), 0)
        np.testing.assert_array_equal(found, seen[..., *tap])
        run = np.zeros(frame.size)
        lines_in(found.reshape(-1), 0, frame, run, 0)
        places = np.add.outer(np.arange(outputs[0]) * frame.breadth, np.arange(outputs[1]))
        np.testing.assert_array_equal(run[places], found)
        assert np.count_nonzero(run) == np.count_nonzero(found)


@settings(max_examples=80)
@given(st.tuples(st.integers(1, 19), st.integers(1, 35)), pairs, pairs, st.tuples(sides, sides))
def test_spill_brings_back_what_windows_can_see(size, kernel, stride, padding):
    window = Window(kernel, stride, padding, (1, 1))
    outputs = window.outputs(size)
    assume(min(outputs) >= 1)
    plane, back = np.random.default_rng(0).uniform(1, 2, size), np.full(size, np.nan)
    frame = frame_of(window, size, outputs)
    target = memory(frame, plane.dtype)[0]
    fill(plane.reshape(-1), 0, frame, target)
    spill(target, frame, back.reshape(-1), 0)
    # a phase has whole steps, the last of which may reach beyond the windows
    rows, columns = (np.isin((np.arange(length) + before) % step, np.arange(taps) % step)
                     & (np.arange(length) + before < -(-reach // step) * step) & (np.arange(length) + before >= 0)
                     for length, (before, _), step, taps, reach in zip(size, padding, stride, kernel,
                                                                       window.covered(outputs), strict=True))
    np.testing.assert_array_equal(back, np.where(np.logical_and.outer(rows, columns), plane, 0))
