"""Batch normalisation against PyTorch and its own formulas: both modes, running statistics, second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.batch_norm import BatchNorm1d, BatchNorm2d
from chainrule.layers.core import ShapeError, ValueRangeError, cache_bytes

options = st.fixed_dictionaries({
    "eps": st.sampled_from([1e-5, 0.1]), "momentum": st.sampled_from([0.1, 0.7, 0.0, None]), "affine": st.booleans(),
    "track_running_stats": st.booleans()})


def inputs(kind):
    """Return inputs of two or more values per channel."""
    sizes = st.tuples(st.integers(2, 5), st.integers(1, 4), *[st.integers(1, 4)] * 2)
    axes = st.sampled_from([2, 3] if kind is BatchNorm1d else [4])
    return st.builds(lambda shape, seed, axes: np.random.default_rng(seed).normal(2, 3, shape[:axes]),
                     sizes, st.integers(0, 99), axes)


def drawn_affine(layer, rng):
    """Move a layer away from its initial values, which hide missing factors."""
    state = {name: rng.uniform(0.5, 2, value.shape) for name, value in layer.state_dict().items()
             if name != "num_batches_tracked"}
    layer.load_state_dict(state, strict=False)
    return layer


@pytest.mark.parametrize("kind", [BatchNorm1d, BatchNorm2d])
def test_agrees_with_torch_over_batches_and_in_both_modes(agrees, kind):
    torch = pytest.importorskip("torch")

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(options=options, x=inputs(kind), evaluation=st.booleans(), seed=st.integers(0, 99))
    def compare(options, x, evaluation, seed):
        ours = drawn_affine(kind(x.shape[1], **options).astype(np.float64), np.random.default_rng(seed))
        theirs = getattr(torch.nn, kind.__name__)(x.shape[1], **options).double()
        theirs.load_state_dict({name: torch.tensor(value) for name, value in ours.state_dict().items()})
        if evaluation:
            ours.eval()
            theirs.eval()
        for step in range(3):
            agrees(ours, theirs, x + step, seed=seed)
            theirs.zero_grad()
            # agrees takes over their state before each step, so what a step did shows when both go on alone
            ours.forward(2 * x - step)
            theirs(torch.tensor(2 * x - step))
            for name, value in theirs.state_dict().items():
                mine = ours.state_dict()[name]
                np.testing.assert_allclose(mine, value.numpy(), rtol=1e-10, atol=1e-12, err_msg=name)
                assert mine.shape == tuple(value.shape) and str(value.dtype) == f"torch.{mine.dtype}"

    compare()


@pytest.mark.parametrize("training", [True, False])
def test_backward_is_decided_by_what_forward_did(training):
    rng = np.random.default_rng(0)
    layer = drawn_affine(BatchNorm2d(3), rng).astype(np.float64).train(training)
    x, grad_out = rng.normal(size=(2, 4, 3, 2, 5))
    layer.forward(x)
    expected = layer.backward(grad_out)
    layer.train(not training)
    np.testing.assert_array_equal(layer.backward(grad_out), expected)


def test_the_running_statistics_follow_by_hand():
    rng = np.random.default_rng(0)
    batches = rng.normal(3, 2, size=(4, 6, 2)).astype(np.float64)
    layer, average = BatchNorm1d(2, momentum=0.25), BatchNorm1d(2, momentum=None)
    mean, var = np.zeros(2), np.ones(2)
    for batch in batches:
        layer.forward(batch)
        average.forward(batch)
        mean, var = 0.75 * mean + 0.25 * batch.mean(axis=0), 0.75 * var + 0.25 * batch.var(axis=0, ddof=1)
    np.testing.assert_allclose(layer.running_mean.data, mean, rtol=1e-5)
    np.testing.assert_allclose(layer.running_var.data, var, rtol=1e-5)
    np.testing.assert_allclose(average.running_mean.data, batches.mean(axis=(0, 1)), rtol=1e-5)
    np.testing.assert_allclose(average.running_var.data, batches.var(axis=1, ddof=1).mean(axis=0), rtol=1e-5)
    assert layer.num_batches_tracked.data == 4 and layer.num_batches_tracked.data.dtype == np.int64
    layer.eval().forward(batches[0])
    assert layer.num_batches_tracked.data == 4


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_tangents_to_the_second_order(training, affine):
    rng = np.random.default_rng(0)
    layer = drawn_affine(BatchNorm1d(3, momentum=0.0, affine=affine).astype(np.float64), rng).train(training)
    x, x_dot, grad_out, grad_out_dot = rng.normal(size=(4, 5, 3, 2))
    parameters = list(layer.parameters())
    for parameter in parameters:
        parameter.dot = rng.normal(size=3)
    start = [parameter.data.copy() for parameter in parameters]
    layer.forward(x)
    y_dot = layer.jvp(x_dot)
    _, grad_x_dot = layer.backward_jvp(grad_out, grad_out_dot)
    eps, results = 1e-6, []
    for step in (eps, -eps):
        for parameter, value in zip(parameters, start, strict=True):
            parameter.data = value + step * parameter.dot
            parameter.grad = np.zeros(3)
        results.append([layer.forward(x + step * x_dot), layer.backward(grad_out + step * grad_out_dot),
                        *(parameter.grad.copy() for parameter in parameters)])
    numeric = [(high - low) / (2 * eps) for high, low in zip(*results, strict=True)]
    tangents = [y_dot, grad_x_dot, *(parameter.grad_dot for parameter in parameters)]
    for mine, other in zip(tangents, numeric, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("missing", ["x_dot", "grad_out_dot"])
def test_a_tangent_may_be_zero(missing):
    rng = np.random.default_rng(0)
    layer = drawn_affine(BatchNorm2d(3).astype(np.float64), rng)
    x, x_dot, grad_out, grad_out_dot = rng.normal(size=(4, 2, 3, 4, 5))
    results = []
    for zero in (None, np.zeros(x.shape)):
        layer.zero_grad()
        layer.forward(x)
        layer.jvp(zero if missing == "x_dot" else x_dot)
        _, grad_x_dot = layer.backward_jvp(grad_out, zero if missing == "grad_out_dot" else grad_out_dot)
        results.append((grad_x_dot, layer.weight.grad_dot.copy(), layer.bias.grad_dot.copy()))
    for with_none, with_zeros in zip(*results, strict=True):
        np.testing.assert_allclose(with_none, with_zeros, rtol=1e-12, atol=1e-12)


def test_frozen_parameters_and_an_unneeded_gradient():
    layer, x = BatchNorm2d(2), np.random.default_rng(0).normal(size=(3, 2, 4, 4)).astype(np.float32)
    y = layer.forward(x)
    layer.weight.requires_grad = False
    layer.backward(y + 1)
    assert not layer.weight.reached and not layer.weight.grad.any() and layer.bias.grad.all()
    layer.needs_input_grad = False
    assert layer.backward(y) is None


def test_dtypes_strides_of_memory_and_arguments_that_stay():
    rng = np.random.default_rng(0)
    layer = BatchNorm2d(3, momentum=0.0)
    x = rng.normal(size=(5, 4, 3, 2)).astype(np.float32).T[:, :, ::-1]
    grad_out = rng.normal(size=(5, 4, 3, 2)).astype(np.float32).T
    before = x.copy(), grad_out.copy()
    y, grad_x = layer.forward(x), layer.backward(grad_out)
    assert y.dtype == grad_x.dtype == layer.weight.grad.dtype == np.float32
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(grad_out, before[1])
    np.testing.assert_allclose(layer.forward(before[0]), y, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(layer.backward(before[1]), grad_x, rtol=1e-5, atol=1e-6)
    double = layer.forward(x.astype(np.float64))
    assert double.dtype == np.float32 and layer.backward(double).dtype == np.float64
    plain = BatchNorm2d(3, affine=False)
    assert plain.forward(x.astype(np.float64)).dtype == np.float64
    assert plain.running_mean.data.dtype == np.float32


@settings(max_examples=20, deadline=None, derandomize=True)
@given(options=options, x=inputs(BatchNorm1d), training=st.booleans())
def test_describe_is_what_forward_does(options, x, training):
    layer = BatchNorm1d(x.shape[1], **options).train(training)
    description, y = layer.describe(x.shape), layer.forward(x.astype(np.float32))
    assert description.y_shapes == (y.shape,) and description.multiply_adds == x.size
    assert description.parameters == sum(parameter.data.size for parameter in layer.parameters())
    assert description.cache_bytes() == cache_bytes(layer.cache)


@pytest.mark.parametrize(("layer", "x_shape"), [
    (BatchNorm1d(3), (1, 3)), (BatchNorm1d(3), (1, 3, 1)), (BatchNorm2d(3), (1, 3, 1, 1)),
    (BatchNorm2d(3, track_running_stats=False).eval(), (1, 3, 1, 1))])
def test_one_value_per_channel_has_no_variance(layer, x_shape):
    state = layer.state_dict()
    with pytest.raises(ValueRangeError, match=r"d\(3.*\) expected more than one value per channel to take statistics "
                                              r"of, got 1; use a larger batch, or eval\(\)"):
        layer.forward(np.zeros(x_shape, np.float32))
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, state[name])
    if layer.running_mean is not None:
        assert layer.eval().forward(np.zeros(x_shape, np.float32)).shape == x_shape


@pytest.mark.parametrize(("layer", "x_shape", "message"), [
    (BatchNorm1d(3), (2, 4), r"BatchNorm1d\(3\) expected x of shape \(N, 3\), got \(2, 4\)"),
    (BatchNorm1d(3), (2, 4, 5), r"expected x of shape \(N, 3, L\), got \(2, 4, 5\)"),
    (BatchNorm1d(3), (2, 3, 5, 5), r"expected x of shape \(N, 3, L\), got \(2, 3, 5, 5\)"),
    (BatchNorm2d(3), (2, 3), r"expected x of shape \(N, 3, H, W\), got \(2, 3\)"),
    (BatchNorm2d(3), (3,), r"expected x of shape \(N, 3, H, W\), got \(3,\)"),
])
def test_the_wrong_shape(layer, x_shape, message):
    with pytest.raises(ShapeError, match=message):
        layer.forward(np.zeros(x_shape, np.float32))
    with pytest.raises(ShapeError, match=message):
        layer.describe(x_shape)


@pytest.mark.parametrize(("options", "message"), [
    ({"num_features": 0}, "num_features as a whole number of at least 1"),
    ({"eps": -1e-5}, r"eps in \[0, inf\)"), ({"momentum": 1.5}, r"momentum in \[0, 1\]")])
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueRangeError, match=f"BatchNorm1d expected {message}"):
        BatchNorm1d(**({"num_features": 3} | options))
