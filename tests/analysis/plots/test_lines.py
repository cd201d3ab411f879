"""Curves: every point in its place, gaps where there is nothing, thin where there are too many."""

import re
from xml.etree import ElementTree

import pytest

from chainrule.analysis.plots import Curve, draw_lines, shade


def curves(html):
    return [[tuple(map(float, point.split())) for point in re.sub("[ML]", ",", each)[1:].split(",")]
            for each in re.findall(r'<path d="(M[^"]*)"', html)]


def test_points_are_where_their_values_are():
    (points,) = curves(draw_lines([Curve("loss", [(1, 1.0), (2, 3.0), (3, 2.0)], "red")]))
    (x1, y1), (x2, y2), (x3, y3) = points
    assert x3 - x2 == pytest.approx(x2 - x1) and y2 < y3 < y1
    assert y1 - y3 == pytest.approx(y3 - y2, abs=0.11)
    (points,) = curves(draw_lines([Curve("loss", [(1, 1.0), (2, 100.0), (3, 10.0)], "red")], log=True))
    assert points[0][1] - points[2][1] == pytest.approx(points[2][1] - points[1][1], abs=0.11)


def test_there_is_a_gap_where_there_is_no_number_and_a_dot_for_a_single_one():
    html = draw_lines([Curve("loss", [(1, 1.0), (2, 2.0), (3, None), (4, float("nan")), (5, 2.0)], "red")])
    assert [len(points) for points in curves(html)] == [2]
    assert html.count("<circle") == 1 and "nan" not in html


def test_zero_has_no_place_on_a_logarithmic_axis():
    assert [len(points) for points in curves(draw_lines([Curve("", [(1, 1.0), (2, 0.5), (3, 0.0)], "red")], log=True))
            ] == [2]


def test_many_points_are_thinned_first_and_last_kept():
    html = draw_lines([Curve("loss", [(epoch, float(epoch)) for epoch in range(1, 5001)], "red")])
    (points,) = curves(html)
    assert len(points) <= 302 and points[0][0] == 46 and points[-1][0] == 350


def test_the_best_is_ringed_the_last_value_told_and_all_of_it_xml():
    html = draw_lines([Curve("a <b>", [(1, 0.5), (2, 0.25), (3, 0.75)], "red", marked=2)], band=(0.1, 0.3), title="x")
    picture, legend = re.fullmatch(r"(<svg.*</svg>)(<p.*</p>)", html, re.S).groups()
    assert "best: 0.25 in epoch 2" in picture and 'class="band"' in picture
    assert "a &lt;b&gt; <b>0.75</b>" in legend
    ElementTree.fromstring(picture)


def test_nothing_is_no_error_and_shades_go_from_first_to_last():
    assert "nothing to draw" in draw_lines([Curve("loss", [(1, None)], "red")])
    assert shade(0, 1) == shade(0, 9) != shade(8, 9)
