"""Hills: on one axis, of equal area, at most eight, the latest last."""

import re

import numpy as np
import pytest

from chainrule.analysis.plots import Histogram, draw_histograms


def hills(svg):
    return [np.array([list(map(float, point.split())) for point in each.split("L")])
            for each in re.findall(r'd="M([^"]*)Z"', svg)]


def test_areas_are_equal_whatever_the_range():
    wide, narrow = hills(draw_histograms([Histogram(1, -2.0, 2.0, [5] * 8), Histogram(2, -0.5, 0.5, [50] * 8)], "red"))
    areas = [np.trapezoid(hill[0, 1] - hill[:, 1], hill[:, 0]) for hill in (wide, narrow)]
    assert areas[0] == pytest.approx(areas[1], rel=0.1)      # half a bin at each end is a slope
    assert (narrow[0, 1] - narrow[:, 1].min()) == pytest.approx(4 * (wide[0, 1] - wide[:, 1].min()), rel=0.05)
    assert narrow[0, 1] > wide[0, 1], "the latest in front"


def test_at_most_eight_first_and_last_among_them():
    svg = draw_histograms([Histogram(epoch, 0.0, 1.0, [1, 2]) for epoch in range(1, 100)], "red")
    assert len(hills(svg)) == 8 and "epoch 1:" in svg and "epoch 99:" in svg


def test_a_single_value_and_no_counts_are_no_obstacle():
    svg = draw_histograms([Histogram(1, 0.5, 0.5, [0, 0, 9]), Histogram(2, 0.5, 0.5, [0, 0, 0])], "red")
    assert len(hills(svg)) == 2 and "nan" not in svg
