"""The compiled pools give what their definitions give, to the bit where nothing is added up."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import Window, set_num_threads, window_max, window_route, window_spread, window_sum

pytest.importorskip("numba")
RNG = np.random.default_rng(0)


def compare(window, outputs, x, tolerance):
    y, winners = window_max(x, window, outputs)
    for mine, wanted in zip((y, winners), window_max.definition(x, window, outputs), strict=True):
        assert mine.dtype == wanted.dtype
        np.testing.assert_array_equal(mine, wanted)
    spatial, grad = x.shape[-len(outputs):], RNG.standard_normal(y.shape).astype(x.dtype)
    for kernel, arguments in ((window_sum, (x, window, outputs)), (window_spread, (grad, window, spatial)),
                              (window_route, (grad, winners, window, spatial))):
        mine, wanted = kernel(*arguments), kernel.definition(*arguments)
        assert mine.dtype == wanted.dtype and mine.shape == wanted.shape
        np.testing.assert_allclose(mine, wanted, rtol=0, atol=tolerance)


sides = st.tuples(st.integers(0, 1), st.integers(0, 1))


@settings(max_examples=60)
@given(st.tuples(st.integers(1, 23), st.integers(1, 21)), st.tuples(st.integers(1, 4), st.integers(1, 4)),
       st.tuples(st.integers(1, 4), st.integers(1, 4)), st.tuples(sides, sides),
       st.tuples(st.integers(1, 2), st.integers(1, 2)), st.booleans(), st.booleans())
def test_same_as_definition(size, kernel, stride, padding, dilation, ceil_mode, single_axis):
    window = Window(kernel, stride, padding, dilation)
    if single_axis:
        window, size = Window(*(side[1:] for side in window)), size[1:]
    outputs = window.outputs(size, ceil_mode)
    assume(min(outputs) >= 1)
    compare(window, outputs, RNG.integers(-3, 4, (2, 3, *size)).astype(float), 1e-12)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-5), (np.float64, 1e-12)])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 1, 1), (8, 8, 0), (5, 7, 2)])
def test_in_parts(kernel, stride, padding, dtype, tolerance, threads):
    set_num_threads(threads)
    window = Window((kernel,) * 2, (stride,) * 2, ((padding, padding),) * 2, (1, 1))
    x = RNG.standard_normal((7, 19, 51, 66)).astype(dtype)
    compare(window, window.outputs(x.shape[2:]), x, tolerance)
    compare(window, window.outputs(x.shape[:1:-1]), x.swapaxes(2, 3), tolerance)


@pytest.mark.parametrize("shape", [(0, 2, 6, 6), (2, 0, 6, 6)])
def test_no_planes(shape):
    window = Window((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1))
    compare(window, (3, 3), np.zeros(shape), 0)


@pytest.mark.parametrize("padding", [0, 1])
def test_what_is_not_finite_goes_the_same_way(padding):
    window = Window((3,), (2,), ((padding, padding),), (1,))
    x = np.array([np.nan, 1.0, 2.0, -np.inf, -np.inf, np.inf, np.nan, np.inf, np.nan, -np.inf, -np.inf, -np.inf])
    outputs = window.outputs(x.shape)
    assert outputs[0] < 8       # so that without padding windows are gone through one by one
    for mine, wanted in zip(window_max(x, window, outputs), window_max.definition(x, window, outputs), strict=True):
        np.testing.assert_array_equal(mine, wanted)
    _, winners = window_max(np.array([1.0, 2.0, 0.0, 4.0]), window, (2,))
    np.testing.assert_array_equal(window_route(np.array([np.inf, np.nan]), winners, window, (4,)),
                                  [0, np.inf, 0, np.nan])
