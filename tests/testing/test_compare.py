"""Comparisons and the sentences they give."""

import numpy as np
import pytest

from chainrule.testing.compare import close, each, label, mismatch


def test_equal_arrays_give_no_sentence():
    assert mismatch("y", np.ones((2, 3)), np.ones((2, 3))) is None
    assert mismatch("y", None, None) is None
    assert mismatch("y", np.zeros((0, 3)), np.zeros((0, 3))) is None


def test_sentence_names_the_first_index_both_values_and_the_largest_error():
    received = np.arange(6.0).reshape(2, 3)
    expected = received.copy()
    expected[0, 2], expected[1, 1] = 2.5, 8.0
    assert mismatch("y", expected, received) == (
        "y: 2 of 6 values differ, first at index [0, 2]: expected 2.5, received 2 (largest relative error 5.0e-01)")


def test_numbers_have_no_index():
    assert mismatch("value", 2.0, 3.0) == \
        "value: 1 of 1 values differ: expected 2, received 3 (largest relative error 3.3e-01)"


@pytest.mark.parametrize(("expected", "received", "sentence"), [
    (np.ones((2, 3)), np.ones(3), "y: expected shape (2, 3), received shape (3,)"),
    (np.ones((2, 3)), None, "y: expected an array of shape (2, 3), received None"),
    (None, np.ones(3), "y: expected None, received an array of shape (3,)"),
])
def test_shapes_and_none_are_named(expected, received, sentence):
    assert mismatch("y", expected, received) == sentence


def test_tolerance_is_relative_to_the_largest_value():
    expected = np.array([1000.0, 1.0])
    assert close(expected, expected + 0.5e-3, 1e-6).all()
    assert not close(expected, expected + 2e-3, 1e-6).any()
    assert not close(expected, expected + 1e-12, 0.0)[1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_agree_with_no_number(bad):
    assert "2 of 3" in mismatch("y", np.ones(3), np.array([bad, 1.0, bad]))
    assert "1 of 2" in mismatch("y", np.array([bad, 1.0]), np.ones(2))


def test_pairs_are_named_by_number_if_there_are_several():
    (problem,) = each("grad_x", (None, np.ones(1)), (None, np.zeros(1)), "twice")
    assert problem.startswith("grad_x[1] twice: 1 of 1")
    assert list(each("y", (), (np.ones(1),), "here")) == ["y here: expected 0 arrays, received 1"]
    assert (label("y", 0, 1), label("y", 1, 2)) == ("y", "y[1]")
