"""Root-mean-square normalisation against PyTorch, over shapes and options drawn at random, and in second order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.layers.norms import RMSNorm
from chainrule.testing import check_layer


@settings(max_examples=60, deadline=None, derandomize=True)
@given(lead=st.lists(st.integers(1, 4), max_size=3), normalized=st.lists(st.integers(1, 5), min_size=1, max_size=3),
       affine=st.booleans(), eps=st.sampled_from([None, 1e-5, 0.5]))
def test_agrees_with_torch(agrees, lead, normalized, affine, eps):
    torch = pytest.importorskip("torch")
    theirs = torch.nn.RMSNorm(normalized, eps, affine)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    x = np.random.default_rng(0).normal(1, 2, size=(*lead, *normalized))
    agrees(RMSNorm(normalized, eps, affine), theirs, x)


def test_eps_depends_on_the_dtype_of_the_computation_unless_given():
    x = np.full((1, 4), 1e-5)
    for dtype in (np.float32, np.float64):
        y = RMSNorm(4).astype(dtype).forward(x.astype(dtype))
        assert y.dtype == dtype
        np.testing.assert_allclose(y, 1e-5 / np.sqrt(1e-10 + np.finfo(dtype).eps), rtol=1e-6)


def test_the_mean_is_left_where_it_is():
    x = np.random.default_rng(0).normal(3, 1, (6, 64)).astype(np.float32)
    y = RMSNorm(64).forward(x)
    np.testing.assert_allclose(np.sqrt((y * y).mean(axis=-1)), 1, rtol=1e-5)
    assert (y.mean(axis=-1) > 0.8).all()


@pytest.mark.parametrize("options", [{}, {"elementwise_affine": False}, {"eps": 0.3}])
@pytest.mark.parametrize(("normalized", "shape"), [(5, (3, 4, 5)), ((4, 5), (3, 4, 5)), (7, (7,))])
def test_passes_the_battery_second_order_included(normalized, shape, options):
    assert check_layer(RMSNorm(normalized, **options), shape).problems == []


@pytest.mark.parametrize(("make", "error", "shown"), [
    (lambda: RMSNorm(5).forward(np.ones((3, 4))), ShapeError, r"RMSNorm\(\(5,\)\) expected x of shape \(..., 5\)"),
    (lambda: RMSNorm([]), ValueRangeError, "one or more sizes, got none"),
    (lambda: RMSNorm(3, eps=-1), ValueRangeError, "expected eps in"),
])
def test_what_does_not_fit_is_refused(make, error, shown):
    with pytest.raises(error, match=shown):
        make()
