"""Scales: ends on ends, round ticks inside, numbers as people write them."""

import math

import pytest

from chainrule.analysis.plots import Scale, show


@pytest.mark.parametrize("log", [False, True])
def test_ends_are_on_ends_and_ticks_inside(log):
    for low, high in ((0.013, 4.7), (1e-8, 3e-2), (2.1, 2.9), (0.5, 90000.0)):
        scale = Scale(low, high, 10.0, 200.0, log)
        assert scale(low) == pytest.approx(10) and scale(high) == pytest.approx(200)
        ticks = scale.ticks(5)
        assert 1 <= len(ticks) <= 12 and all(low <= tick <= high for tick in ticks) and ticks == sorted(set(ticks))
        digits = [tick / 10 ** math.floor(math.log10(tick)) for tick in ticks if tick]
        assert all(float(f"{digit:.6g}") * 40 % 1 == 0 for digit in digits), "round"


def test_halfway_is_halfway():
    assert Scale(0.0, 8.0, 0.0, 100.0)(4.0) == 50
    assert Scale(1.0, 10000.0, 0.0, 100.0, log=True)(100.0) == pytest.approx(50)


def test_around_leaves_air_holds_one_value_and_begins_at_zero_near_it():
    scale = Scale.around([3.0, 5.0], 0, 1)
    assert scale.low < 3 and scale.high > 5
    assert Scale.around([0.01, 5.0], 0, 1).low == 0
    flat = Scale.around([0.1, 0.1], 0, 1)
    assert flat.low < 0.1 < flat.high
    assert Scale.around([0.0, -1.0], 0, 1, log=True).low > 0


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1, "1"), (0.12345, "0.1235"), (1234.5, "1,234"),
                                             (1e-7, "1e-7"), (-2.5e-5, "−2.5e-5"), (3e9, "3e9"), (math.nan, "–")])
def test_numbers_are_short(value, text):
    assert show(value) == text
