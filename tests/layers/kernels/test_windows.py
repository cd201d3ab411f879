"""Windows against slow loops: where they lie, what they see, and the adjoint of seeing."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import Window, padded, scatter, windows


@st.composite
def cases(draw, axes=(1, 2, 3)):
    """Return a window and the sizes of an input with room for it; the padding may be uneven, or cut."""
    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(count))

    count = draw(st.sampled_from(axes))
    window = Window(each(1, 3), each(1, 3), tuple(zip(each(-1, 2), each(-1, 2), strict=True)), each(1, 3))
    return window, tuple(max(1, extent - sum(margins) + room) for extent, margins, room
                         in zip(window.extent, window.padding, each(0, 4), strict=True))


def seen_by_loops(x, window, outputs):
    """Return all windows of ``x``, one element at a time; zero outside of ``x``."""
    axes = len(outputs)
    values = np.zeros((*x.shape[:-axes], *outputs, *window.kernel))
    for p in product(*map(range, outputs)):
        for k in product(*map(range, window.kernel)):
            at = [p[i] * window.stride[i] + k[i] * window.dilation[i] - window.padding[i][0] for i in range(axes)]
            if all(0 <= place < size for place, size in zip(at, x.shape[-axes:], strict=True)):
                values[(..., *p, *k)] = x[(..., *at)]
    return values


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=cases(), seed=st.integers(0, 99))
def test_windows_see_what_loops_see(case, seed):
    window, spatial = case
    x = np.random.default_rng(seed).normal(size=(2, *spatial))
    outputs = window.outputs(spatial)
    frame = padded(x, window, outputs)
    assert frame.shape == (2, *window.covered(outputs))
    np.testing.assert_array_equal(windows(frame, window, outputs), seen_by_loops(x, window, outputs))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=cases(), seed=st.integers(0, 99))
def test_scatter_is_the_adjoint_of_seeing(case, seed):
    window, spatial = case
    rng = np.random.default_rng(seed)
    x, outputs = rng.normal(size=(2, *spatial)), window.outputs(spatial)
    values = rng.normal(size=(2, *outputs, *window.kernel))
    out = np.ones(x.shape)
    scatter(out, values, window)
    seen = windows(padded(x, window, outputs), window, outputs)
    np.testing.assert_allclose((seen * values).sum(), (x * (out - 1)).sum(), rtol=1e-12, atol=1e-12)


def test_padding_copies_only_where_it_must():
    x = np.arange(12.0).reshape(2, 6)
    inside = Window((2,), (2,), ((0, 0),), (1,))
    assert np.shares_memory(padded(x, inside, (2,)), x)
    around = Window((3,), (1,), ((1, 1),), (1,))
    frame = padded(x, around, (6,), -np.inf)
    assert not np.shares_memory(frame, x)
    np.testing.assert_array_equal(frame[0], [-np.inf, 0, 1, 2, 3, 4, 5, -np.inf])


@pytest.mark.parametrize(("size", "kernel", "stride", "margins", "ceil_mode", "count"), [
    (7, 2, 2, (0, 0), False, 3),        # the last element is seen by no window
    (7, 2, 2, (0, 0), True, 4),         # a last window hangs over the end
    (6, 2, 2, (0, 0), True, 3),         # nothing hangs over
    (5, 1, 2, (0, 0), True, 3),
    (4, 1, 3, (0, 0), True, 2),
    (3, 1, 4, (0, 0), True, 1),         # a window that would begin behind the end does not count
    (3, 2, 4, (1, 1), True, 1),         # nor one that would begin in the padding behind it
    (2, 3, 1, (0, 0), False, 0),        # no room
])
def test_how_many_windows_fit(size, kernel, stride, margins, ceil_mode, count):
    assert Window((kernel,), (stride,), (margins,), (1,)).outputs((size,), ceil_mode) == (count,)
