"""A visible test goes into a file and comes back."""

import numpy as np

from chainrule.course.visible import VisibleTest, read_test, written
from chainrule.testing.diagnosis import Known


def test_there_and_back():
    expected = {"once/y": np.array([1.0, np.nan]), "twice/y": np.arange(3)}
    known = (Known("a: b", "sign", "Why.", {"once/y": np.array([2.0, np.nan]), "once/error": np.array("E: e")}),
             Known("c: d", "path", "Because.", {**expected, "more/y": np.zeros(2)}))
    test = VisibleTest({"x()": np.array(1), "x/0": np.ones((2, 3))}, expected, known)
    again = read_test(written(test))
    assert again.asked.keys() == test.asked.keys() and again.expected.keys() == expected.keys()
    for one, other in zip(again.known, known, strict=True):
        assert one[:3] == other[:3] and one.answers.keys() == other.answers.keys()
        assert all(np.array_equal(one.answers[key], other.answers[key], equal_nan=other.answers[key].dtype.kind == "f")
                   for key in other.answers if key != "once/error")
    assert again.known[0].answers["once/error"] == "E"      # what it says might quote a line of a solution
    assert written(test) == written(again)
