"""Pools against PyTorch, over all options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import layers
from chainrule.layers import AvgPool1d, AvgPool2d, AvgPool3d, MaxPool1d, MaxPool2d, MaxPool3d
from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError, cache_bytes
from chainrule.layers.pooling import AvgPoolNd


@st.composite
def cases(draw, kind):
    """Return constructor options and an input with room for a window, with or without a batch axis."""
    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(axes))

    axes, averages = kind.axes, issubclass(kind, AvgPoolNd)
    kernel, dilation = each(1, 4), (1,) * axes if averages else each(1, 2)
    extents = [step * (size - 1) + 1 for size, step in zip(kernel, dilation, strict=True)]
    padding = tuple(draw(st.integers(0, size // 2)) for size in kernel)
    options = {"kernel_size": kernel, "stride": draw(st.sampled_from([None, each(1, 5)])), "padding": padding,
               "ceil_mode": draw(st.booleans())}
    if not averages:
        options["dilation"] = dilation
    else:
        options["count_include_pad"] = draw(st.booleans())
        if axes > 1:
            options["divisor_override"] = draw(st.sampled_from([None, 1, 7]))
    spatial = [extent + draw(st.integers(0, 5)) for extent in extents]
    lead = draw(st.sampled_from([(), (1,), (3,)]))
    rng, ties = np.random.default_rng(draw(st.integers(0, 99))), draw(st.booleans())
    x = rng.normal(size=(*lead, 2, *spatial))
    return options, np.round(x) if ties else x


@pytest.mark.parametrize("kind", [MaxPool1d, MaxPool2d, MaxPool3d, AvgPool1d, AvgPool2d, AvgPool3d])
def test_agrees_with_torch(agrees, kind):
    torch = pytest.importorskip("torch")

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases(kind))
    def compare(case):
        options, x = case
        agrees(kind(**options), getattr(torch.nn, kind.__name__)(**options), x)

    compare()


@pytest.mark.parametrize("kind", [MaxPool1d, MaxPool2d, MaxPool3d])
def test_indices_agree_with_torch(agrees_with_indices, kind):
    torch = pytest.importorskip("torch")

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases(kind))
    def compare(case):
        options, x = case
        options["return_indices"] = True
        agrees_with_indices(kind(**options), getattr(torch.nn, kind.__name__)(**options), x)

    compare()


def test_with_indices_the_upstream_gradient_comes_in_a_pair():
    layer = MaxPool1d(2, return_indices=True)
    (y, indices), grad = layer.forward(np.array([[1.0, 3.0, 4.0, 2.0]])), np.array([[10.0, 20.0]])
    assert (y.tolist(), indices.tolist()) == ([[3.0, 4.0]], [[1, 2]])
    assert layer.backward((grad, None)).tolist() == [[0.0, 10.0, 20.0, 0.0]]
    assert layer.backward((None, None)) is None
    assert layer.jvp(None) == (None, None)
    for wrong in (grad, (grad,)):
        with pytest.raises(ShapeError, match=r"return_indices=True\) expected grad_out as \(grad_y, None\)"):
            layer.backward(wrong)


def test_without_a_largest_value_the_index_still_lies_inside():
    _, indices = MaxPool1d(2, padding=1, return_indices=True).forward(np.full((1, 4), -np.inf))
    assert indices.tolist() == [[0, 1, 3]]


@pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])
def test_describe_is_what_forward_does(kind):
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(case=cases(kind))
    def compare(case):
        options, x = case
        layer = kind(**options)
        description, y = layer.describe(x.shape), layer.forward(x)
        assert description.y_shapes == (y.shape,)
        assert description.cache_bytes(x.dtype) == cache_bytes(layer.cache)
        assert description.parameters == 0
        taps = layer.geometry.kernel[0] * layer.geometry.kernel[1]
        assert description.multiply_adds == (y.size * taps if kind is AvgPool2d else 0)

    compare()


def test_receptive_fields():
    assert MaxPool2d((3, 2), dilation=(2, 1)).describe((1, 8, 8)).field == ((5, 3), (2, 2))
    assert AvgPool2d(3, stride=1).describe((1, 8, 8)).field == ((3, 1), (3, 1))


def test_the_cache_of_the_maximum_is_a_byte_per_output():
    layer = MaxPool2d(2)
    y = layer.forward(np.zeros((3, 4, 8, 6), np.float32))
    assert cache_bytes(layer.cache) == y.size


@pytest.mark.parametrize("layer", [MaxPool2d(3, 2, 1), AvgPool2d(3, 2, 1)])
def test_dtypes_strides_of_memory_and_tangents(layer):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(9, 7, 3, 2)).astype(np.float32).transpose(3, 2, 1, 0)[:, :, ::-1]
    before, y = x.copy(), layer.forward(x)
    grad_out = rng.normal(size=y.shape[::-1]).astype(np.float32).T
    grad_x = layer.backward(grad_out)
    assert y.dtype == grad_x.dtype == layer.backward(grad_out.astype(np.float64)).dtype == np.float32
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(layer.forward(before), y)
    np.testing.assert_array_equal(layer.backward(grad_out.copy()), grad_x)
    x_dot = rng.normal(size=x.shape).astype(np.float32)
    y_dot = layer.jvp(x_dot)
    np.testing.assert_allclose((y_dot * grad_out).sum(), (x_dot * grad_x).sum(), rtol=1e-4)
    grad_out_dot = rng.normal(size=y.shape).astype(np.float32)
    for mine, other in zip(layer.backward_jvp(grad_out, grad_out_dot),
                           (grad_x, layer.backward(grad_out_dot)), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert layer.jvp(None) is None
    layer.needs_input_grad = False
    assert layer.backward(grad_out) is None


def test_the_tangent_of_a_maximum_is_that_of_the_winner():
    rng = np.random.default_rng(0)
    layer, (x, x_dot), eps = MaxPool2d((3, 2), (2, 1), 1), rng.normal(size=(2, 2, 3, 7, 5)), 1e-6
    numeric = (layer.forward(x + eps * x_dot) - layer.forward(x - eps * x_dot)) / (2 * eps)
    layer.forward(x)
    np.testing.assert_allclose(layer.jvp(x_dot), numeric, atol=1e-8)


@pytest.mark.parametrize("layer", [
    MaxPool2d(2), AvgPool2d(2), layers.AdaptiveMaxPool2d(2), layers.AdaptiveAvgPool2d(2), layers.LPPool2d(2, 2),
    layers.FeatureLPPooling(2), layers.FractionalMaxPool2d(2, 3), layers.GlobalMaxPool(), layers.GlobalAvgPool()],
    ids=lambda layer: type(layer).__name__)
def test_an_empty_batch_gives_an_empty_answer(layer):
    y = layer.forward(np.zeros((0, 3, 8, 6)))
    assert (0, *layer.describe((1, 3, 8, 6)).y_shapes[0][1:]) == y.shape
    assert layer.backward(y).shape == (0, 3, 8, 6)


@pytest.mark.parametrize("kind", [MaxPool2d, AvgPool2d])
def test_what_can_not_be_pooled(kind):
    layer = kind(3)
    for x_shape, message in (
            ((1, 2, 2, 7), r"2d\(3\) expected x of shape \(N, C, H >= 3, W >= 3\), got \(1, 2, 2, 7\); use a smaller"),
            ((5, 5), r"2d\(3\) expected x of shape \(N, C, H, W\), got \(5, 5\)")):
        with pytest.raises(ShapeError, match=message):
            layer.forward(np.zeros(x_shape))
        with pytest.raises(ShapeError, match=message):
            layer.describe(x_shape)
    with pytest.raises(DtypeError, match="floating-point"):
        layer.forward(np.zeros((1, 3, 3), int))
    layer.forward(np.zeros((1, 2, 6, 6)))
    with pytest.raises(ShapeError, match=r"expected grad_out of shape \(1, 2, 2, 2\), got \(1, 2, 2, 1\)"):
        layer.backward(np.zeros((1, 2, 2, 1)))


@pytest.mark.parametrize(("make", "message"), [
    (lambda: MaxPool2d(0), "MaxPool2d expected kernel_size as a whole number of at least 1, got 0"),
    (lambda: MaxPool2d(2, padding=2), r"MaxPool2d expected padding of at most half of the window's extent \(2, 2\)"),
    (lambda: AvgPool2d((2, 4), padding=(2, 1)), r"AvgPool2d expected padding of at most half .*, got \(2, 1\)"),
    (lambda: AvgPool2d(2, divisor_override=0), "AvgPool2d expected divisor_override as a whole number of at least 1"),
    (lambda: AvgPool2d(2, (1, 2, 3)), "AvgPool2d expected stride as a whole number or 2 of them"),
])
def test_impossible_options_are_refused(make, message):
    with pytest.raises(ValueRangeError, match=message):
        make()


def test_it_is_written_as_it_was_made():
    assert repr(MaxPool2d(3, 2, padding=1)) == "MaxPool2d(3, stride=2, padding=1)"
    assert repr(AvgPool2d((2, 1), count_include_pad=False)) == "AvgPool2d((2, 1), count_include_pad=False)"
