"""Shape checks and the small array questions."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError, as_dtype, check_shape, flatten, total, unbroadcast


@pytest.mark.parametrize(("shape", "template"), [
    ((3, 64), (..., 64)), ((64,), (..., 64)), ((2, 5, 3), ("N", 5, "L")), ((), (...,)), ((), ()), ((4, 1), (4, 1)),
])
def test_what_fits_passes_silently_as_array_and_as_shape(shape, template):
    check_shape(np.zeros(shape, np.float32), template, name="x", owner="Test")
    check_shape(shape, template, name="x", owner="Test")


@pytest.mark.parametrize(("shape", "template", "shown"), [
    ((64, 3), (..., 64), r"expected x of shape \(\.\.\., 64\), got \(64, 3\)"),
    ((), (..., 64), r"got \(\)"),
    ((2, 5), ("N", 5, "L"), r"expected x of shape \(N, 5, L\), got \(2, 5\)"),
    ((7,), (8,), r"expected x of shape \(8,\), got \(7,\)"),
])
def test_what_does_not_fit_says_who_expected_what(shape, template, shown):
    for x in (np.zeros(shape), shape):
        with pytest.raises(ShapeError, match="Test .*" + shown):
            check_shape(x, template, name="x", owner="Test")


@pytest.mark.parametrize(("x", "shown"), [
    ([[1.0]], r"Test expected x as a NumPy array, got list; convert it with np.asarray\(x, np.float32\)"),
    (None, "got NoneType"),
    (np.zeros(3, int), r"expected x of a floating-point dtype, got int64; convert it with x.astype\(np.float32\)"),
    (np.zeros(3, bool), "got bool"),
])
def test_what_is_no_array_of_numbers_is_refused(x, shown):
    with pytest.raises(DtypeError, match=shown):
        check_shape(x, (...,), name="x", owner="Test")


@pytest.mark.parametrize("shape", [(5, 3), (1, 3), (3,), (5, 1), (1, 1), (1,), ()])
def test_unbroadcast_is_the_adjoint_of_broadcasting(shape):
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=shape), rng.normal(size=(4, 5, 3))
    summed = unbroadcast(grad, shape)
    assert summed.shape == shape
    assert np.isclose((np.broadcast_to(x, grad.shape) * grad).sum(), (x * summed).sum(), rtol=1e-13)


def test_total_reads_none_as_zero():
    assert total(None, None) is None
    assert total(None, np.ones(2), None, np.ones(2)).tolist() == [2, 2]


def test_flatten_goes_depth_first():
    assert flatten((1, (2, [3, 4]), 5)) == (1, 2, 3, 4, 5)
    assert flatten(7) == (7,)


def test_as_dtype_copies_only_when_it_must():
    x = np.zeros(3)
    assert as_dtype(x, np.float64) is x and as_dtype(x, np.float32).dtype == np.float32
