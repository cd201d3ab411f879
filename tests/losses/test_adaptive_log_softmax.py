"""AdaptiveLogSoftmaxWithLoss against PyTorch, and as the layer it is."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError, cache_bytes
from chainrule.losses import AdaptiveLogSoftmaxWithLoss
from chainrule.testing import check_layer


def both(in_features, n_classes, cutoffs, div_value=4.0, head_bias=False):
    """Return our layer and PyTorch's with the same parameters, in float64."""
    torch = pytest.importorskip("torch")
    theirs = torch.nn.AdaptiveLogSoftmaxWithLoss(in_features, n_classes, cutoffs, div_value, head_bias).double()
    ours = AdaptiveLogSoftmaxWithLoss(in_features, n_classes, cutoffs, div_value, head_bias).astype(np.float64)
    ours.load_state_dict(theirs.state_dict())
    assert list(ours.state_dict()) == list(theirs.state_dict())
    return ours, theirs


@settings(max_examples=60, deadline=None, derandomize=True)
@given(in_features=st.integers(4, 9), cutoffs=st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True),
       rest=st.integers(1, 5), div_value=st.sampled_from([1.0, 1.5, 2.0]), head_bias=st.booleans(),
       batch=st.none() | st.integers(1, 6), seed=st.integers(0, 99))
def test_numbers_of_torch(in_features, cutoffs, rest, div_value, head_bias, batch, seed):
    torch = pytest.importorskip("torch")
    cutoffs = sorted(cutoffs)
    if int(in_features // div_value ** len(cutoffs)) < 1:
        return
    rng, classes = np.random.default_rng(seed), cutoffs[-1] + rest
    ours, theirs = both(in_features, classes, cutoffs, div_value, head_bias)
    lead = () if batch is None else (batch,)
    x, target = rng.normal(size=(*lead, in_features)), rng.integers(classes, size=lead)
    tensor = torch.tensor(x, requires_grad=True)
    expected = theirs(tensor, torch.tensor(target))
    output, loss = ours.forward(x, target)
    np.testing.assert_allclose(output, expected.output.detach(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(loss, expected.loss.item(), rtol=1e-10, atol=1e-10)
    upstream = np.asarray(rng.normal(size=lead)), float(rng.normal())
    ((expected.output * torch.tensor(upstream[0])).sum() + expected.loss * upstream[1]).backward()
    grad_x, nothing = ours.backward(upstream)
    assert nothing is None
    np.testing.assert_allclose(grad_x, tensor.grad, rtol=1e-10, atol=1e-10)
    for (name, parameter), theirs_parameter in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert parameter.reached == (theirs_parameter.grad is not None), name     # clusters that no row visits
        if parameter.reached:
            np.testing.assert_allclose(parameter.grad, theirs_parameter.grad, rtol=1e-10, atol=1e-10, err_msg=name)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(cutoffs=st.sampled_from([[3], [2, 6], [1, 2, 9]]), scale=st.sampled_from([0.1, 1.0, 5.0]),
       seed=st.integers(0, 99))
def test_all_classes_as_in_torch(cutoffs, scale, seed):
    torch = pytest.importorskip("torch")
    ours, theirs = both(8, 11, cutoffs, 2.0)
    x = np.random.default_rng(seed).normal(size=(7, 8)) * scale
    np.testing.assert_allclose(ours.log_prob(x), theirs.log_prob(torch.tensor(x)).detach(), rtol=1e-10, atol=1e-10)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(torch.tensor(x)))
    np.testing.assert_array_equal(ours.predict(x), ours.log_prob(x).argmax(axis=1))
    np.testing.assert_allclose(np.exp(ours.log_prob(x)).sum(axis=1), 1)
    assert ours.predict(x[0]) == ours.predict(x)[0]


MIXED, RARE = np.array([0, 10, 4, 6, 9, 1, 5]), np.array([10, 7, 6, 8, 10, 9, 6])


@pytest.mark.parametrize("head_bias", [False, True])
def test_contract(head_bias):
    layer = AdaptiveLogSoftmaxWithLoss(5, 11, [3, 6], div_value=2.0, head_bias=head_bias)
    assert check_layer(layer, (7, 5), RARE).problems == []
    (problem,) = check_layer(layer, (7, 5), MIXED).problems
    assert problem.startswith("describe: expected") and "cache bytes" in problem     # shapes do not tell who goes where


def test_no_call_costs_more_than_described():
    layer = AdaptiveLogSoftmaxWithLoss(5, 11, [3, 6], div_value=2.0)
    told = layer.describe((7, 5), (7,))
    assert told.y_shapes == ((7,), ())
    assert told.multiply_adds == 7 * (5 * 5 + max(5 * 2 + 2 * 3, 5 * 1 + 1 * 5))
    for target in (MIXED, RARE, MIXED * 0):
        layer.forward(np.ones((7, 5), np.float32), target)
        assert cache_bytes(layer.cache) <= told.cache_bytes(np.float32)


def test_training_on_the_loss_alone():
    layer, rng = AdaptiveLogSoftmaxWithLoss(6, 20, [4, 10], div_value=2.0), np.random.default_rng(0)
    x, target = rng.normal(size=(9, 6)).astype(np.float32), rng.integers(20, size=9)
    first = layer.forward(x, target)[1]
    for _ in range(50):
        layer.zero_grad()
        layer.forward(x, target)
        grad_x, _ = layer.backward()
        for parameter in layer.parameters():
            parameter.data -= parameter.grad
    assert layer.forward(x, target)[1] < first / 2
    np.testing.assert_array_equal(grad_x.shape, x.shape)
    assert grad_x.dtype == np.float32


def test_no_items_have_no_loss():
    layer = AdaptiveLogSoftmaxWithLoss(5, 11, [3])
    output, loss = layer.forward(np.zeros((0, 5), np.float32), np.zeros(0, int))
    assert output.shape == (0,) and math.isnan(loss)
    assert layer.backward()[0].shape == (0, 5)


@pytest.mark.parametrize(("arguments", "shown"), [
    ((8, 10, []), r"expected cutoffs as rising numbers from 1 to 9, got \[\]"),
    ((8, 10, [5, 3]), r"got \[5, 3\]"),
    ((8, 10, [5, 5]), r"got \[5, 5\]"),
    ((8, 10, [10]), r"got \[10\]"),
    ((8, 10, [0, 5]), "expected cutoffs as a whole number of at least 1, got 0"),
    ((8, 10, [2, 5]), "expected in_features of at least div_value to the number of cutoffs, 16, got 8"),
])
def test_impossible_options_are_refused(arguments, shown):
    with pytest.raises(ValueRangeError, match=shown):
        AdaptiveLogSoftmaxWithLoss(*arguments)


@pytest.mark.parametrize(("x", "target", "error", "shown"), [
    ((7, 5), np.zeros(6, int), ShapeError, r"expected target of shape \(7,\) for x of shape \(7, 5\), got \(6,\)"),
    ((7, 4), np.zeros(7, int), ShapeError, r"expected x of shape \(N, 5\), got \(7, 4\)"),
    ((7, 5), np.zeros(7), DtypeError, "expected target as integers, got float64"),
    ((7, 5), np.full(7, 11), ValueRangeError, "expected classes from 0 to 10 in target, got 11 to 11"),
])
def test_what_does_not_fit_is_refused(x, target, error, shown):
    with pytest.raises(error, match=shown):
        AdaptiveLogSoftmaxWithLoss(5, 11, [3]).forward(np.zeros(x, np.float32), target)
