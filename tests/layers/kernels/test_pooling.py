"""Maxima and sums of windows against slow loops, and their adjoints, in blocks of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import (
    Window,
    padded,
    pooling,
    range_max,
    window_max,
    window_pick,
    window_places,
    window_route,
    window_spread,
    window_sum,
    windows,
)


@st.composite
def cases(draw):
    """Return a window with padding of at most half of it, and an input of few different values, so that many tie."""
    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    axes = draw(st.integers(1, 3))
    kernel, dilation = each(1, 3), each(1, 2)
    margins = tuple(draw(st.integers(0, (step * (size - 1) + 1) // 2))
                    for size, step in zip(kernel, dilation, strict=True))
    window = Window(kernel, each(1, 3), tuple((margin, margin) for margin in margins), dilation)
    spatial = tuple(max(1, extent - 2 * margin + room) for extent, margin, room
                    in zip(window.extent, margins, each(0, 4), strict=True))
    values = np.random.default_rng(draw(st.integers(0, 99))).integers(-2, 3, (2, 3, *spatial)).astype(float)
    return window, window.outputs(spatial, draw(st.booleans())), values


@pytest.fixture(params=[1, 500, 1 << 19], ids="room of {} bytes".format)
def room(request, monkeypatch):
    monkeypatch.setattr(pooling, "_ROOM", request.param)


@pytest.mark.usefixtures("room")
class TestInBlocksOfAnySize:
    """The same numbers whether one plane is worked on at a time or everything at once."""

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases())
    def test_the_first_of_the_largest_wins(self, case):
        window, outputs, x = case
        seen = windows(padded(x, window, outputs, -np.inf), window, outputs).reshape(2, 3, *outputs, -1)
        y, winners = window_max(x, window, outputs)
        np.testing.assert_array_equal(y, seen.max(axis=-1))
        np.testing.assert_array_equal(winners, seen.argmax(axis=-1))
        in_padding = np.isinf(y)        # a dilated window may step over a short input
        np.testing.assert_array_equal(window_pick(x, winners, window), np.where(in_padding, 0, y))
        assert winners.dtype == np.uint8

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases(), seed=st.integers(0, 99))
    def test_adjoints(self, case, seed):
        window, outputs, x = case
        rng = np.random.default_rng(seed)
        spatial = x.shape[2:]
        v, grad_out = rng.normal(size=x.shape), rng.normal(size=(2, 3, *outputs))
        _, winners = window_max(x, window, outputs)
        for there, back in (
                (window_pick(v, winners, window), window_route(grad_out, winners, window, spatial)),
                (window_sum(v, window, outputs), window_spread(grad_out, window, spatial))):
            np.testing.assert_allclose((there * grad_out).sum(), (v * back).sum(), rtol=1e-10, atol=1e-10)

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(case=cases())
    def test_sums(self, case):
        window, outputs, x = case
        seen = windows(padded(x, window, outputs), window, outputs).reshape(2, 3, *outputs, -1)
        np.testing.assert_allclose(window_sum(x, window, outputs), seen.sum(axis=-1), rtol=1e-12)


@pytest.mark.usefixtures("room")
@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=cases())
def test_places_are_where_the_winners_are(case):
    window, outputs, x = case
    y, winners = window_max(x, window, outputs)
    places = window_places(winners, window, x.shape[2:])
    inside = np.isfinite(y)
    found = np.take_along_axis(x.reshape(2, 3, -1), places.reshape(2, 3, -1), axis=2).reshape(y.shape)
    np.testing.assert_array_equal(found[inside], y[inside])


@pytest.mark.usefixtures("room")
@settings(max_examples=60, deadline=None, derandomize=True)
@given(axes=st.integers(1, 3), seed=st.integers(0, 99), shared=st.booleans())
def test_the_largest_of_every_block_is_the_first_of_equals(axes, seed, shared):
    rng = np.random.default_rng(seed)
    spatial = tuple(rng.integers(1, 6, axes))
    x = rng.integers(-2, 3, (2, 3, *spatial)).astype(float)
    lead = () if shared else (2, 3)
    starts = tuple(rng.integers(0, size, (*lead, rng.integers(1, 4))) for size in spatial)
    stops = tuple(rng.integers(start + 1, size + 1) for start, size in zip(starts, spatial, strict=True))
    y, places = range_max(x, starts, stops)
    for at in np.ndindex(y.shape):
        plane, output = at[:2], at[2:]
        block = tuple(slice(*(int(ends[axis][(*(() if shared else plane), output[axis])]) for ends in (starts, stops)))
                      for axis in range(axes))
        inside = np.full(spatial, -np.inf)
        inside[block] = x[plane][block]
        assert (y[at], places[at]) == (inside.max(), inside.argmax())


def test_winners_need_two_bytes_beyond_256_taps():
    window = Window((17, 17), (17, 17), ((0, 0), (0, 0)), (1, 1))
    x = np.arange(289.0).reshape(1, 17, 17)
    y, winners = window_max(x, window, (1, 1))
    assert winners.dtype == np.uint16
    assert (y.item(), winners.item()) == (288.0, 288)


def test_nan_is_not_hidden():
    x = np.array([[1.0, np.nan, 3.0, 4.0]])
    y, _ = window_max(x, Window((2,), (2,), ((0, 0),), (1,)), (2,))
    np.testing.assert_array_equal(y, [[np.nan, 4.0]])


def test_an_infinite_gradient_reaches_only_the_winner():
    window = Window((2,), (2,), ((0, 0),), (1,))
    _, winners = window_max(np.array([[1.0, 2.0]]), window, (1,))
    np.testing.assert_array_equal(window_route(np.array([[np.inf]]), winners, window, (2,)), [[0, np.inf]])
