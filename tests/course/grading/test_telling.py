"""What students read: no word of their own where questions are hidden, and no more than the assignment says."""

import pytest

from chainrule.course.grading.telling import told_of_diagnosis, told_of_failure
from chainrule.course.worker import Failure
from chainrule.testing.diagnosis import Diagnosis, Fault


def found(name, numbers, kind):
    return Diagnosis("part", 1, (Fault(name, "at index [0]", numbers, kind, "formula", "A sentence."),))


RAISED = found("MyError", "MyError: my words", "raises")
RAISED_LATER = found("twice", "MyError: my words", "overwritten")
EXTRA = found("my words", "expected nothing", "differs")
WRONG = found("grad_x", "expected 1, received 2", "sign")


@pytest.mark.parametrize("detail", ["verdict", "place", "kind", "full"])
@pytest.mark.parametrize("diagnosis", [RAISED, RAISED_LATER, EXTRA])
def test_hidden_questions_have_no_word_of_the_submission(diagnosis, detail):
    told = told_of_diagnosis(diagnosis, detail, False, {"once/grad_x"})
    assert "my words" not in told and "MyError" not in told and "something is wrong" in told


def test_what_the_reference_has_is_told_as_far_as_the_assignment_says():
    assert "grad_x" in told_of_diagnosis(WRONG, "place", False, {"once/grad_x"})
    assert "received" not in told_of_diagnosis(WRONG, "place", False, {"once/grad_x"})
    assert "received 2" in told_of_diagnosis(WRONG, "full", True, {"once/grad_x"})
    assert "grad_x" not in told_of_diagnosis(WRONG, "verdict", True, {"once/grad_x"})


def test_failures_are_told_in_the_graders_words_unless_visible():
    failure = Failure("raised", "MyError", "my words")
    assert told_of_failure(failure, "full", False) == "an exception was raised"
    assert told_of_failure(failure, "full", True) == "an exception was raised: MyError: my words"
    assert told_of_failure(failure, "verdict", True) == "an exception was raised"
