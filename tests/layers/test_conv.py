"""Convolutions against PyTorch and slow loops, over all options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Conv1d, Conv2d, Conv3d
from chainrule.layers.core import DtypeError, ShapeError, UnknownNameError, ValueRangeError, cache_bytes


@st.composite
def cases(draw, axes):
    """Return constructor options and an input with room for a window, with or without a batch axis."""
    def each(low, high):
        numbers = st.integers(low, high)
        return draw(numbers | st.tuples(*[numbers] * axes))

    def spread(value):
        return value if isinstance(value, tuple) else (value,) * axes

    groups = draw(st.integers(1, 3))
    options = {"in_channels": groups * draw(st.integers(1, 2)), "out_channels": groups * draw(st.integers(1, 3)),
               "kernel_size": each(1, 3), "stride": each(1, 3), "padding": each(0, 3), "dilation": each(1, 2),
               "groups": groups, "bias": draw(st.booleans()),
               "padding_mode": draw(st.sampled_from(["zeros", "zeros", "reflect", "replicate", "circular"]))}
    if draw(st.booleans()):
        options |= {"stride": 1, "padding": draw(st.sampled_from(["same", "valid"]))}
    margins = (0,) * axes if isinstance(options["padding"], str) else spread(options["padding"])
    spatial = [max(1, dilation * (size - 1) + 1 - 2 * margin) + draw(st.integers(0, 4)) for size, dilation, margin
               in zip(spread(options["kernel_size"]), spread(options["dilation"]), margins, strict=True)]
    lead = draw(st.sampled_from([(), (0,), (1,), (3,)]))
    if options["padding_mode"] != "zeros":      # a border is made of the picture, which has to be large enough
        spatial, lead = [max(5, size) for size in spatial], lead if lead != (0,) else (2,)
    return options, np.random.default_rng(draw(st.integers(0, 99))).normal(
        size=(*lead, options["in_channels"], *spatial))


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("kind", [Conv1d, Conv2d, Conv3d])
def test_agrees_with_torch(agrees, kind):
    torch = pytest.importorskip("torch")

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(case=cases(kind.axes))
    def compare(case):
        options, x = case
        agrees(kind(**options), getattr(torch.nn, kind.__name__)(**options), x)

    compare()


def test_agrees_with_loops():
    rng = np.random.default_rng(0)
    layer = Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2).astype(np.float64)
    x = rng.normal(size=(2, 4, 7, 5))
    y = layer.forward(x)
    grad_out = rng.normal(size=y.shape)
    grad_x, expected = layer.backward(grad_out), np.tile(layer.bias.data[:, None, None], (2, 1, *y.shape[2:]))
    expected_x, expected_weight = np.zeros(x.shape), np.zeros(layer.weight.shape)
    for n, o, h, w in np.ndindex(y.shape):
        for c, i, j in np.ndindex(layer.weight.shape[1:]):
            channel, row, column = o // 3 * 2 + c, 2 * h + i - 1, w + 2 * j - 2
            if 0 <= row < 7 and 0 <= column < 5:
                expected[n, o, h, w] += layer.weight.data[o, c, i, j] * x[n, channel, row, column]
                expected_x[n, channel, row, column] += layer.weight.data[o, c, i, j] * grad_out[n, o, h, w]
                expected_weight[o, c, i, j] += x[n, channel, row, column] * grad_out[n, o, h, w]
    for mine, other in ((y, expected), (grad_x, expected_x), (layer.weight.grad, expected_weight),
                        (layer.bias.grad, grad_out.sum(axis=(0, 2, 3)))):
        np.testing.assert_allclose(mine, other, rtol=1e-12, atol=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(case=cases(2))
def test_describe_is_what_forward_does(case):
    options, x = case
    layer = Conv2d(**options)
    description, y = layer.describe(x.shape), layer.forward(x.astype(np.float32))
    assert description.y_shapes == (y.shape,)
    assert description.cache_bytes() == cache_bytes(layer.cache)
    assert description.parameters == sum(parameter.data.size for parameter in layer.parameters())
    assert description.multiply_adds == y.size * layer.weight.data[0].size


def test_the_numbers_of_the_textbook():
    description = Conv2d(3, 10, 5, padding=2).describe((1, 3, 32, 32))
    assert description.y_shapes == ((1, 10, 32, 32),)
    assert (description.parameters, description.multiply_adds) == (760, 768_000)
    assert description.field == ((5, 1), (5, 1))
    assert Conv2d(1, 1, (3, 2), stride=(2, 1), dilation=(4, 1)).describe((1, 9, 9)).field == ((9, 2), (2, 1))


def test_the_dtype_is_the_parameters_and_the_gradients_the_inputs():
    rng = np.random.default_rng(0)
    layer, x = Conv2d(3, 4, 3, stride=2), rng.normal(size=(2, 3, 7, 8))
    y = layer.forward(x)
    assert y.dtype == np.float32 and layer.backward(y.astype(np.float64)).dtype == np.float64
    assert layer.weight.grad.dtype == np.float32
    single = layer.forward(x.astype(np.float32))
    np.testing.assert_array_equal(y, single)
    assert single.dtype == layer.backward(single).dtype == np.float32


def test_strides_of_memory_do_not_matter_and_nothing_is_changed():
    rng = np.random.default_rng(0)
    layer = Conv2d(3, 4, 3, padding=1)
    x = rng.normal(size=(8, 7, 3, 2)).astype(np.float32).transpose(3, 2, 1, 0)[:, :, ::-1]
    grad_out = rng.normal(size=(8, 7, 4, 2)).astype(np.float32).transpose(3, 2, 1, 0)
    before = x.copy(), grad_out.copy(), layer.weight.data.copy()
    y, grad_x = layer.forward(x), layer.backward(grad_out)
    grad_weight = layer.weight.grad.copy()
    layer.zero_grad()
    np.testing.assert_array_equal(layer.forward(x.copy()), y)
    np.testing.assert_array_equal(layer.backward(grad_out.copy()), grad_x)
    np.testing.assert_array_equal(layer.weight.grad, grad_weight)
    for now, then in zip((x, grad_out, layer.weight.data), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_what_is_not_needed_is_not_computed():
    layer, x = Conv2d(2, 3, 3), np.ones((1, 2, 5, 5), np.float32)
    y = layer.forward(x)
    layer.weight.requires_grad = False
    assert layer.backward(y).shape == x.shape
    assert not layer.weight.reached and not layer.weight.grad.any() and layer.bias.grad.all()
    layer.needs_input_grad = False
    assert layer.backward(y) is None


@pytest.mark.parametrize("options", [{"stride": 2, "groups": 2}, {"padding": "same"}, {"kernel_size": 1}])
def test_tangents_of_weight_and_bias(options):
    rng = np.random.default_rng(0)
    layer = Conv2d(**({"in_channels": 4, "out_channels": 6, "kernel_size": 3} | options)).astype(np.float64)
    x, x_dot = rng.normal(size=(2, 2, 4, 5, 6))
    grad_out, grad_out_dot = rng.normal(size=(2, *layer.forward(x).shape))
    weight, bias = layer.weight.data.copy(), layer.bias.data.copy()
    layer.weight.dot, layer.bias.dot = rng.normal(size=weight.shape), rng.normal(size=bias.shape)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    eps, results = 1e-6, []
    for step in (eps, -eps):
        layer.weight.data, layer.bias.data = weight + step * layer.weight.dot, bias + step * layer.bias.dot
        layer.weight.grad, layer.bias.grad = np.zeros(weight.shape), np.zeros(bias.shape)
        results.append((layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot),
                        layer.weight.grad.copy(), layer.bias.grad.copy()))
    numeric = [(high - low) / (2 * eps) for high, low in zip(*results, strict=True)]
    for mine, other in zip((y_dot, grad_x_dot, layer.weight.grad_dot, layer.bias.grad_dot), numeric, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-7, atol=1e-7)


def test_initial_values_fill_the_interval_of_torch():
    layer = Conv2d(8, 400, (3, 2), groups=2, rng=np.random.default_rng(0))
    bound = 1 / np.sqrt(4 * 3 * 2)
    for parameter in (layer.weight, layer.bias):
        assert parameter.dtype == np.float32
        assert bound * 0.98 < np.abs(parameter.data).max() <= bound
        assert abs(parameter.data.std() - bound / np.sqrt(3)) < 0.01
    first = np.random.default_rng(0).uniform(-bound, bound, layer.weight.shape)
    np.testing.assert_array_equal(layer.weight.data, first.astype(np.float32))


@pytest.mark.parametrize(("x_shape", "message"), [
    ((2, 4, 8, 8), r"Conv2d\(3, 10, 5\) expected x of shape \(N, 3, H, W\), got \(2, 4, 8, 8\)$"),
    ((2, 8, 8, 3), r"got \(2, 8, 8, 3\); channels come before the spatial axes: np.moveaxis\(x, -1, -3\)$"),
    ((4, 8, 8), r"expected x of shape \(3, H, W\), got \(4, 8, 8\)$"),
    ((3, 8), r"expected x of shape \(N, 3, H, W\), got \(3, 8\)$"),
    ((2, 3, 8, 4), r"expected x of shape \(N, 3, H >= 5, W >= 5\), got \(2, 3, 8, 4\); use a smaller kernel or more"),
])
def test_the_wrong_shape_says_what_to_do(x_shape, message):
    layer = Conv2d(3, 10, 5)
    with pytest.raises(ShapeError, match=message):
        layer.forward(np.zeros(x_shape, np.float32))
    with pytest.raises(ShapeError, match=message):
        layer.describe(x_shape)


def test_the_wrong_gradient_and_dtype_are_refused():
    layer = Conv2d(3, 10, 5)
    with pytest.raises(DtypeError, match="floating-point"):
        layer.forward(np.zeros((2, 3, 8, 8), int))
    layer.forward(np.zeros((2, 3, 8, 8), np.float32))
    with pytest.raises(ShapeError, match=r"expected grad_out of shape \(2, 10, 4, 4\), got \(2, 10, 4, 1\)"):
        layer.backward(np.zeros((2, 10, 4, 1), np.float32))


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"in_channels": 0}, ValueRangeError, "Conv2d expected in_channels as a whole number of at least 1, got 0"),
    ({"kernel_size": (3, 3, 3)}, ValueRangeError, r"expected kernel_size as a whole number or 2 of them, got \(3, 3,"),
    ({"kernel_size": "3"}, ValueRangeError, "expected kernel_size as a whole number of at least 1, got '3'"),
    ({"stride": (1, 0)}, ValueRangeError, "expected stride as a whole number of at least 1, got 0"),
    ({"padding": -1}, ValueRangeError, "expected padding as a whole number of at least 0, got -1"),
    ({"padding": "smae"}, UnknownNameError, "unknown padding of Conv2d 'smae' – did you mean 'same'"),
    ({"padding": "same", "stride": 2}, ValueRangeError, "expected stride 1 with padding='same', got 2"),
    ({"groups": 2}, ValueRangeError, "that groups=2 divides, got 3 and 4"),
])
def test_impossible_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        Conv2d(**({"in_channels": 3, "out_channels": 4, "kernel_size": 3} | options))


def test_it_is_written_as_it_was_made():
    assert repr(Conv2d(3, 10, 5, padding=2)) == "Conv2d(3, 10, 5, padding=2)"
    assert repr(Conv2d(4, 6, (3, 2), groups=2, bias=False)) == "Conv2d(4, 6, (3, 2), groups=2, bias=False)"
