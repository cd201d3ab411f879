"""Cross-correlation against SciPy and slow loops, its adjoints against products, in blocks of any size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate as scipy_correlate

from chainrule.layers.kernels import Window, correlate, correlate_adjoint, correlate_weight_grad, correlation, padded
from chainrule.layers.kernels import windows as windows_of


@st.composite
def cases(draw):
    """Return a window, groups, and the shapes of input and weight."""
    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    axes, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    stride = draw(st.sampled_from([(1,) * axes, each(1, 3)]))
    window = Window(each(1, 3), stride, tuple(zip(each(0, 3), each(0, 2), strict=True)), each(1, 2))
    spatial = tuple(max(1, extent - sum(margins) + room) for extent, margins, room
                    in zip(window.extent, window.padding, each(0, 4), strict=True))
    count, inputs, outputs = (draw(st.integers(1, 3)) for _ in range(3))
    return window, groups, (count, inputs * groups, *spatial), (outputs * groups, inputs, *window.kernel)


def drawn(case, seed):
    window, _, x_shape, weight_shape = case
    rng = np.random.default_rng(seed)
    y_shape = (x_shape[0], weight_shape[0], *window.outputs(x_shape[2:]))
    return rng.normal(size=x_shape), rng.normal(size=weight_shape), rng.normal(size=y_shape)


@pytest.fixture(params=[1, 2000, 1 << 20], ids="room of {} bytes".format)
def room(request, monkeypatch):
    monkeypatch.setattr(correlation, "_ROOM", request.param)


@pytest.mark.usefixtures("room")
class TestInBlocksOfAnySize:
    """The same numbers whether one line is worked on at a time or everything at once."""

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases(), seed=st.integers(0, 99))
    def test_a_product_with_every_window(self, case, seed):
        x, weight, _ = drawn(case, seed)
        window, groups, *_ = case
        bias, outputs = np.arange(len(weight)) + 0.5, window.outputs(x.shape[2:])
        seen = windows_of(padded(x, window, outputs), window, outputs)
        per_group = len(weight) // groups
        y = correlate(x, weight, bias, window, groups)
        for channel in range(len(weight)):
            first = channel // per_group * weight.shape[1]
            group = seen[:, first:first + weight.shape[1]]
            axes = (1, *range(2 + len(outputs), group.ndim))
            expected = np.tensordot(group, weight[channel], (axes, range(weight.ndim - 1))) + bias[channel]
            np.testing.assert_allclose(y[:, channel], expected, rtol=1e-12, atol=1e-12)

    @settings(max_examples=80, deadline=None, derandomize=True)
    @given(case=cases(), seed=st.integers(0, 99))
    def test_both_adjoints(self, case, seed):
        x, weight, grad_out = drawn(case, seed)
        window, groups, *_ = case
        product = (correlate(x, weight, None, window, groups) * grad_out).sum()
        grad_x = correlate_adjoint(grad_out, weight, window, groups, x.shape[2:])
        grad_weight = correlate_weight_grad(x, grad_out, window, groups)
        assert grad_x.shape == x.shape and grad_weight.shape == weight.shape
        np.testing.assert_allclose((x * grad_x).sum(), product, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose((weight * grad_weight).sum(), product, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shape", [(9,), (6, 7), (4, 5, 6)])
def test_agrees_with_scipy(shape):
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 3, *shape)), rng.normal(size=(4, 3, *range(2, 2 + len(shape))))
    axes = len(shape)
    y = correlate(x, weight, None, Window(weight.shape[2:], (1,) * axes, ((0, 0),) * axes, (1,) * axes))
    for image, result in zip(x, y, strict=True):
        for kernel, channel in zip(weight, result, strict=True):
            np.testing.assert_allclose(channel, scipy_correlate(image, kernel, mode="valid")[0], rtol=1e-10)


@pytest.mark.parametrize("stride", [1, 2])
def test_what_no_window_sees_has_no_gradient(stride):
    window = Window((3, 2), (stride, stride), ((1, 0), (0, 1)), (2, 1))
    grad_out, weight = np.random.default_rng(0).normal(size=(2, 4, 3, 4)), np.ones((4, 2, 3, 2))
    tight = tuple(reach - sum(margins) for reach, margins in zip(window.covered((3, 4)), window.padding, strict=True))
    grad_x = correlate_adjoint(grad_out, weight, window, 1, (tight[0] + 2, tight[1] + 1))
    np.testing.assert_allclose(grad_x[:, :, :tight[0], :tight[1]],
                               correlate_adjoint(grad_out, weight, window, 1, tight), rtol=1e-12)
    assert not grad_x[:, :, tight[0]:].any() and grad_x[:, :, :, tight[1]:].any()    # padding behind becomes input


@pytest.mark.parametrize("batch", [1, 5])
def test_a_window_as_large_as_the_image(batch):
    rng = np.random.default_rng(0)
    window = Window((3, 4), (2, 1), ((0, 0), (0, 0)), (1, 1))
    x, weight, bias = rng.normal(size=(batch, 2, 3, 4)), rng.normal(size=(6, 2, 3, 4)), rng.normal(size=6)
    y = correlate(x, weight, bias, window)
    np.testing.assert_allclose(y, np.einsum("nchw,ochw->no", x, weight)[:, :, None, None] + bias[:, None, None])
    np.testing.assert_allclose(correlate_adjoint(y, weight, window, 1, (3, 4)),
                               np.einsum("no,ochw->nchw", y[:, :, 0, 0], weight))
    np.testing.assert_allclose(correlate_weight_grad(x, y, window), np.einsum("no,nchw->ochw", y[:, :, 0, 0], x))


@pytest.mark.parametrize("stride", [1, 2])
def test_a_batch_of_none(stride):
    window = Window((3, 3), (stride, stride), ((1, 1), (1, 1)), (1, 1))
    x, weight = np.zeros((0, 2, 5, 5)), np.ones((4, 2, 3, 3))
    y = correlate(x, weight, None, window)
    assert y.shape == (0, 4, *window.outputs((5, 5)))
    assert correlate_adjoint(y, weight, window, 1, (5, 5)).shape == x.shape
    assert not correlate_weight_grad(x, y, window).any()


def test_the_lowered_copy_stays_small(monkeypatch):
    largest = 0
    lowered = correlation._lowered

    def watched(x, block, first="lines"):
        nonlocal largest
        result = lowered(x, block, first)
        largest = max(largest, result.nbytes)
        return result

    monkeypatch.setattr(correlation, "_lowered", watched)
    x, weight = np.ones((16, 32, 40, 40), np.float32), np.ones((8, 32, 3, 3), np.float32)
    window = Window((3, 3), (1, 1), ((1, 1), (1, 1)), (1, 1))
    correlate_weight_grad.definition(x, correlate.definition(x, weight, None, window), window)
    assert 0 < largest < 1.2 * correlation._ROOM < x.nbytes
