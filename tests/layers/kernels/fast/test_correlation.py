"""The compiled ways to correlate give what the definition gives, at every shape their planner lets through."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainrule.layers.kernels import Window, correlate, correlate_adjoint, correlate_weight_grad, set_num_threads

pytest.importorskip("numba")
from chainrule.layers.kernels.fast import depthwise, direct, winograd  # needs Numba

RNG = np.random.default_rng(0)


def case(images, inputs, channels, size, window, dtype=np.float64, groups=1):
    counts = window.outputs(size)
    x, grad = (RNG.standard_normal(shape).astype(dtype) for shape in ((images, inputs, *size),
                                                                      (images, channels, *counts)))
    weight = RNG.standard_normal((channels, inputs // groups, *window.kernel)).astype(dtype)
    return x, weight, RNG.standard_normal(channels).astype(dtype), grad, counts


def same(ours, wanted, tolerance=1e-12):
    assert ours.shape == wanted.shape and ours.dtype == wanted.dtype
    np.testing.assert_allclose(ours, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


sides = st.tuples(st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=25)
@given(st.integers(1, 5), st.integers(8, 17), st.integers(8, 13), st.tuples(st.integers(1, 14), st.integers(1, 13)),
       st.tuples(sides, sides))
def test_winograd(images, inputs, channels, size, padding):
    window = Window((3, 3), (1, 1), padding, (1, 1))
    assume(min(window.outputs(size)) >= 1)
    x, weight, bias, grad, counts = case(images, inputs, channels, size, window)
    same(winograd.outputs(x, weight, bias, window, counts), correlate.definition(x, weight, bias, window))
    same(winograd.outputs(x, weight, None, window, counts), correlate.definition(x, weight, None, window))
    same(winograd.input_grad(grad, weight, window, size), correlate_adjoint.definition(grad, weight, window, 1, size))
    same(winograd.weight_grad(x, grad, window), correlate_weight_grad.definition(x, grad, window))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_winograd_in_single_precision_and_parts(threads):
    """The bound on the error that the documentation states, at sizes that go through the planner."""
    window = Window((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    x, weight, bias, grad, counts = case(5, 32, 48, (33, 30), window)
    single = [array.astype(np.float32) for array in (x, weight, bias, grad)]
    assert winograd.fits(window, 1, 32, 48, 5, counts)
    set_num_threads(threads)
    pairs = [(correlate(*single[:3], window), correlate.definition(x, weight, bias, window)),
             (correlate_adjoint(single[3], single[1], window, 1, (33, 30)),
              correlate_adjoint.definition(grad, weight, window, 1, (33, 30))),
             (correlate_weight_grad(single[0], single[3], window),
              correlate_weight_grad.definition(x, grad, window))]
    for ours, exact in pairs:
        assert ours.dtype == np.float32
        assert np.abs(ours - exact).max() <= 1e-5 * np.abs(exact).max()


@settings(max_examples=40)
@given(st.integers(1, 3), st.integers(2, 5), st.integers(1, 2), st.tuples(st.integers(1, 9), st.integers(1, 8)),
       st.tuples(st.integers(1, 3), st.integers(1, 4)), st.tuples(st.integers(1, 3), st.integers(1, 2)),
       st.tuples(sides, sides), st.tuples(st.integers(1, 2), st.integers(1, 3)))
def test_depthwise(images, inputs, share, size, kernel, stride, padding, dilation):
    window = Window(kernel, stride, padding, dilation)
    assume(min(window.outputs(size)) >= 1)
    x, weight, bias, grad, counts = case(images, inputs, inputs * share, size, window, groups=inputs)
    same(depthwise.outputs(x, weight, bias, window, counts), correlate.definition(x, weight, bias, window, inputs))
    same(depthwise.input_grad(grad, weight, window, inputs, size),
         correlate_adjoint.definition(grad, weight, window, inputs, size))
    same(depthwise.weight_grad(x, grad, window), correlate_weight_grad.definition(x, grad, window, inputs))


@settings(max_examples=40)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.integers(1, 2),
       st.tuples(st.integers(1, 19), st.integers(1, 27)), st.tuples(st.integers(1, 3), st.integers(1, 4)),
       st.tuples(st.integers(1, 3), st.integers(1, 3)), st.tuples(sides, sides),
       st.tuples(st.integers(1, 2), st.integers(1, 2)))
def test_direct(images, inputs, share, groups, size, kernel, stride, padding, dilation):
    window = Window(kernel, stride, padding, dilation)
    assume(min(window.outputs(size)) >= 1)
    x, weight, bias, grad, counts = case(images, inputs * groups, share * groups, size, window, groups=groups)
    same(direct.outputs(x, weight, bias, window, groups, counts),
         correlate.definition(x, weight, bias, window, groups))
    same(direct.weight_grad(x, grad, window, groups), correlate_weight_grad.definition(x, grad, window, groups))


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(5, 1, 2), (3, 2, 1), (1, 2, 0), (1, 1, 0), (8, 8, 0)])
def test_every_way_in_single_precision_and_parts(kernel, stride, padding, threads):
    window = Window((kernel,) * 2, (stride,) * 2, ((padding, padding),) * 2, (1, 1))
    x, weight, bias, grad, _ = case(7, 9, 22, (40, 37), window)
    single = [array.astype(np.float32) for array in (x, weight, bias, grad)]
    set_num_threads(threads)
    pairs = [(correlate(*single[:3], window), correlate.definition(x, weight, bias, window)),
             (correlate_adjoint(single[3], single[1], window, 1, (40, 37)),
              correlate_adjoint.definition(grad, weight, window, 1, (40, 37))),
             (correlate_weight_grad(single[0], single[3], window),
              correlate_weight_grad.definition(x, grad, window))]
    for ours, exact in pairs:
        same(ours, exact.astype(np.float32), 2e-6)


def test_strided_memory_is_welcome():
    window = Window((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    x, weight, bias, grad, _ = case(9, 16, 16, (16, 12), window)
    apart = np.ascontiguousarray(x.transpose(2, 3, 0, 1)).transpose(2, 3, 0, 1)
    same(correlate(apart, weight, bias, window), correlate.definition(x, weight, bias, window))
    same(correlate_weight_grad(apart, grad, window), correlate_weight_grad.definition(x, grad, window))
