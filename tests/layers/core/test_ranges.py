"""Checks of constructor arguments."""

import math

import numpy as np
import pytest

from chainrule.layers.core import UnknownNameError, ValueRangeError, check_choice, check_range, check_size


def test_what_is_inside_is_returned():
    assert check_range(0.5, 0, 1, name="p", owner="Test") == 0.5
    assert check_range(0, 0, 1, name="p", owner="Test") == 0
    assert check_size(np.int64(3), "n", "Test") == 3
    assert check_choice("sum", ("mean", "sum"), name="reduction", owner="Test") == "sum"


@pytest.mark.parametrize(("value", "options", "shown"), [
    (1.5, {}, r"Test expected p in \[0, 1\], got 1.5"), (math.nan, {}, "got nan"),
    (0, {"open_low": True}, r"in \(0, 1\], got 0"), (1, {"open_high": True}, r"in \[0, 1\), got 1"),
])
def test_what_is_outside_is_refused(value, options, shown):
    with pytest.raises(ValueRangeError, match=shown):
        check_range(value, 0, 1, name="p", owner="Test", **options)


@pytest.mark.parametrize("value", [0, -3, 2.0, "3", True, None])
def test_a_size_is_a_whole_positive_number(value):
    with pytest.raises(ValueRangeError, match="Test expected n as a whole number of at least 1, got"):
        check_size(value, "n", "Test")


def test_a_word_must_be_known():
    with pytest.raises(UnknownNameError, match="unknown reduction of Test 'mena' – did you mean 'mean'"):
        check_choice("mena", ("mean", "sum"), name="reduction", owner="Test")
