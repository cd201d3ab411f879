"""Times of the reference, in which getting ready does not count."""

import pytest

from chainrule.course.grading.speed import times_as_long


@pytest.mark.parametrize(("own", "times"), [(0.5, 1.0), (0.9, 2.0), (0.12, 0.05)])
def test_times_are_counted_beyond_getting_ready(own, times):
    def processor(call, texts):
        return {"answer_nothing": 0.1, "answer_part": own if texts else 0.5}[call.partition(":")[2]]
    assert times_as_long(processor, {"own": ""}, {}) == pytest.approx(times)


def test_what_is_too_short_to_measure_is_not_held_against_anyone():
    times = iter([0.1] * 3 + [0.1001] * 3 + [0.115] * 3)
    assert times_as_long(lambda call, texts: next(times), {"own": ""}, {}) < 1
