"""Layer normalisation against PyTorch, over shapes and options drawn at random, and in second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.layers.norms import LayerNorm
from chainrule.testing import check_layer

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(lead=st.lists(st.integers(1, 4), max_size=3), normalized=shapes, affine=st.booleans(), bias=st.booleans(),
       eps=st.sampled_from([1e-5, 1e-3, 0.5]), shift=st.sampled_from([0.0, 100.0]))
def test_agrees_with_torch(agrees, lead, normalized, affine, bias, eps, shift):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    theirs = torch.nn.LayerNorm(normalized, eps, affine, bias)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    # where all values of a row are nearly equal, both divide rounding errors by the root of eps
    agrees(LayerNorm(normalized, eps, affine, bias), theirs, shift + rng.normal(size=(*lead, *normalized)),
           tolerance=1e-10 if shift == 0 else 1e-8)


def test_initial_values_and_names_are_those_of_torch():
    torch = pytest.importorskip("torch")
    ours, theirs = LayerNorm((3, 2)).state_dict(), torch.nn.LayerNorm((3, 2)).state_dict()
    assert list(ours) == list(theirs)
    for name, value in theirs.items():
        np.testing.assert_array_equal(ours[name], value.numpy())


def test_rows_have_mean_zero_and_variance_one_whatever_they_had_before():
    x = np.random.default_rng(0).normal(50, 7, (6, 5, 64)).astype(np.float32)
    y = LayerNorm(64).forward(x)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-5)
    np.testing.assert_allclose(y.var(axis=-1), 1, atol=1e-4)


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"elementwise_affine": False}, {"eps": 0.3}])
@pytest.mark.parametrize(("normalized", "shape"), [(5, (3, 4, 5)), ((4, 5), (3, 4, 5)), (7, (7,))])
def test_passes_the_battery_second_order_included(normalized, shape, options):
    assert check_layer(LayerNorm(normalized, **options), shape).problems == []


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: LayerNorm(5).forward(np.ones((3, 4))), ShapeError, r"LayerNorm\(\(5,\)\) expected x of shape \(..., 5\)"),
    (lambda: LayerNorm((4, 5)).forward(np.ones(5)), ShapeError, r"expected x of shape \(..., 4, 5\), got \(5,\)"),
    (lambda: LayerNorm(()), ValueRangeError, "one or more sizes, got none"),
    (lambda: LayerNorm(0), ValueRangeError, "normalized_shape as a whole number of at least 1, got 0"),
    (lambda: LayerNorm(3, eps=-1), ValueRangeError, "expected eps in"),
])
def test_what_does_not_fit_is_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()
