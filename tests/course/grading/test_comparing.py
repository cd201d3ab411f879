"""Answers too many or too large to compare."""

import numpy as np

from chainrule.course.grading.comparing import UNASKED, too_large, worth_a_look

EXPECTED = {"once/y": np.ones((5, 4))}


def test_of_what_was_not_asked_only_a_few_are_looked_at():
    received = {**{f"once/{number}": np.ones(1) for number in range(1000)}, "once/y": np.ones(2)}
    kept = worth_a_look(EXPECTED, received)
    assert len(kept) == UNASKED + 1 and "once/y" in kept


def test_arrays_far_larger_than_any_expected_are_wrong_unseen():
    assert too_large("part", EXPECTED, {"once/y": np.ones((5, 4, 3))}) is None
    found = too_large("part", EXPECTED, {"once/y": np.ones((2000, 4))})
    assert "expected shape (5, 4), received shape (2000, 4)" in str(found)
    assert too_large("part", EXPECTED, {"once/other": np.ones(10_000)}) is not None
