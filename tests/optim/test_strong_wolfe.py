"""The line search: its conditions, and its trials."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.optim.strong_wolfe import Trial, strong_wolfe


class Line:
    """A function on a line, with a count of its evaluations."""

    def __init__(self, value, slope):
        self.value = value
        self.slope = slope
        self.calls = 0

    def __call__(self, t):
        self.calls += 1
        return Trial(t, self.value(t), np.array([self.slope(t)]), self.slope(t))


LINES = {
    "parabola": (lambda t: (t - 3) ** 2, lambda t: 2 * (t - 3)),
    "wall": (lambda t: math.exp(min(t, 300)) - 5 * t, lambda t: math.exp(min(t, 300)) - 5),
    "waves": (lambda t: 0.3 * t * t - math.sin(5 * t), lambda t: 0.6 * t - 5 * math.cos(5 * t)),
    "flattening": (lambda t: -t / (t * t + 2), lambda t: (t * t - 2) / (t * t + 2) ** 2),
    "far": (lambda t: math.hypot(1, t - 400), lambda t: (t - 400) / math.hypot(1, t - 400)),
}


@given(st.sampled_from(sorted(LINES)), st.floats(-3, 2))
@settings(max_examples=100, deadline=None)
def test_the_strong_wolfe_conditions_hold(name, exponent):
    line = Line(*LINES[name])
    start = line(0.0)
    end = strong_wolfe(line, start, 10**exponent, limit=40, narrow=1e-12)
    assert end.loss <= start.loss + 1e-4 * end.t * start.slope
    assert abs(end.slope) <= 0.9 * abs(start.slope)
    assert end.loss == line.value(end.t)
    assert line.calls <= 20


def test_a_good_first_trial_is_taken():
    line = Line(*LINES["parabola"])
    assert strong_wolfe(line, line(0.0), 2.5, limit=25, narrow=1e-9).t == 2.5
    assert line.calls == 2


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_it_gives_up_after_so_many_trials_with_the_best_so_far(limit):
    line = Line(lambda t: -t, lambda t: -1.0)           # without a minimum
    end = strong_wolfe(line, line(0.0), 1.0, limit=limit, narrow=1e-9)
    assert line.calls == 2 + limit
    assert end.loss == -end.t <= -(5.0**limit)
    wall = Line(lambda t: -t if t < 0.1 else 9.0, lambda t: -1.0)       # whose slope lies
    end = strong_wolfe(wall, wall(0.0), 1.0, limit=limit, narrow=1e-9)
    assert end.loss <= 0
    assert wall.calls <= 2 + limit


def test_it_stops_at_a_narrow_interval():
    wall = Line(lambda t: -1e-9 * t if t < 0.1 else 9.0, lambda t: -1.0)
    end = strong_wolfe(wall, wall(0.0), 1.0, limit=1000, narrow=1e-3)
    assert end.t <= 0.1
    assert wall.calls < 30


def test_losses_that_are_not_numbers():
    line = Line(lambda t: math.nan if t > 0 else 0.0, lambda t: math.nan if t > 0 else -1.0)
    end = strong_wolfe(line, line(0.0), 1.0, limit=5, narrow=1e-9)
    assert line.calls == 7
    assert end.t >= 0
