"""Arrays of samples: what is refused, and in which words."""

import re

import numpy as np
import pytest
import scipy

from chainrule.data import Standardize, check_finite
from chainrule.data.checks import check_samples
from chainrule.layers.core import DtypeError, NonFiniteError, ShapeError


def test_check_finite_names_the_array_the_first_bad_index_and_the_count():
    image = np.ones((4, 3, 2), np.float32)
    image[2, 0, 1] = np.nan
    image[2, 1, 0] = -np.inf
    image[3, 2, 1] = np.inf
    expected = "image has non-finite values, 3 of 24, the first image[2, 0, 1] = nan; repair or remove them"
    with pytest.raises(NonFiniteError, match=f"^{re.escape(expected)}$"):
        check_finite(image, name="image")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_check_finite_finds_each_kind(value):
    with pytest.raises(NonFiniteError, match=re.escape(f"x has non-finite values, 1 of 5, the first x[4] = {value};")):
        check_finite(np.array([0.0, 1.0, 2.0, 3.0, value]))


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32, np.float64])
def test_check_finite_accepts_every_finite_number(dtype):
    check_finite(np.arange(6).reshape(2, 3).astype(dtype))
    check_finite(np.full(3, np.finfo(np.float32).max, np.float32))


def test_check_samples_counts_rows():
    assert check_samples("Owner", x=np.zeros((5, 2)), y=np.zeros(5), z=np.zeros((5, 0))) == 5


@pytest.mark.parametrize(("arrays", "message"), [
    ({"x": np.zeros((3, 2)), "y": np.zeros(4)}, "equally many in each, got x of shape (3, 2) and y of shape (4,)"),
    ({"x": np.zeros((3, 2)), "y": np.zeros(())}, "equally many in each, got x of shape (3, 2) and y of shape ()"),
    ({"x": np.zeros(())}, "one row for each sample, equally many in each, got x of shape ()"),
    ({}, "equally many in each, got no array"),
    ({"x": np.zeros((0, 2)), "y": np.zeros(0)}, "at least one sample, got x of shape (0, 2) and y of shape (0,)"),
])
def test_check_samples_refuses_shapes(arrays, message):
    with pytest.raises(ShapeError, match=rf"^Owner expected .*{re.escape(message)}$"):
        check_samples("Owner", **arrays)


def test_check_samples_refuses_what_is_no_array():
    message = "Owner expected y as a NumPy array, got list; convert it with np.asarray(y)"
    with pytest.raises(DtypeError, match=f"^{re.escape(message)}$"):
        check_samples("Owner", x=np.zeros(2), y=[1, 2])


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csc_array, scipy.sparse.coo_matrix])
def test_check_finite_looks_at_the_stored_values_of_sparse_rows(kind):
    dense = np.diag([1.0, 2.0, 3.0])
    check_finite(kind(dense))
    dense[1, 2] = np.inf
    with pytest.raises(NonFiniteError, match=re.escape("x has non-finite values, 1 of 4, the first x[1, 2] = inf;")):
        check_finite(kind(dense))


def test_sparse_rows_are_samples_only_where_they_are_expected():
    rows = scipy.sparse.csr_array((5, 3))
    assert check_samples("Owner", sparse=True, x=rows, y=np.zeros(5)) == 5
    with pytest.raises(DtypeError, match="Standardize expected x as a NumPy array, got csr_array"):
        Standardize().fit(rows)
