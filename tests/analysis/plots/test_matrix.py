"""Confusion matrices: each count in its cell, right and wrong apart."""

import re

import numpy as np

from chainrule.analysis.plots import draw_confusion


def test_each_count_is_in_its_cell():
    matrix = np.array([[7, 2, 0], [0, 5, 1], [3, 0, 1]])
    svg = draw_confusion(matrix, ["a", "b&", "a long name"])
    rects = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" [^>]*class="(\w+)" fill-opacity="([\d.]+)"><title>wanted '
                       r'(.*?), predicted (.*?): (\d+)</title>', svg)
    assert len(rects) == 9
    xs, ys = (sorted({float(rect[axis]) for rect in rects}) for axis in (0, 1))
    names = ["a", "b&amp;", "a long name"]
    for x, y, kind, strength, wanted, predicted, count in rects:
        row, column = ys.index(float(y)), xs.index(float(x))
        assert (names[row], names[column]) == (wanted, predicted) and int(count) == matrix[row, column]
        assert kind == ("right" if row == column else "wrong")
        assert (float(strength) > 0.1) == (matrix[row, column] > 0)
    assert ">a long name</text>" in svg and ">a long na…</text>" in svg        # of a row, and of a column


def test_many_classes_become_pixels():
    matrix = np.eye(40, dtype=int)
    matrix[3, 5] = 1
    assert draw_confusion(matrix, list(map(str, range(40)))).startswith("<img")
