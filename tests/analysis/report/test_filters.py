"""Filters: the first layer's own, where it looks at pictures."""

import base64
import io
import re

import numpy as np
import pytest

from chainrule.analysis.report.filters import filters_section
from chainrule.layers import Conv2d, Embedding, Flatten, Linear, ReLU
from chainrule.models import Sequential


def images(page):
    reader = pytest.importorskip("matplotlib.image")
    return [np.rint(reader.imread(io.BytesIO(base64.b64decode(each)), format="png") * 255)
            for each in re.findall(r'base64,([^"]*)"', page)]


def test_a_convolution_over_grey_and_coloured_pictures():
    model = Sequential(Conv2d(1, 5, (3, 2)), ReLU())
    model[0].weight.data[0] = np.array([[1, -1], [0, 0], [0, 0]])
    (first, *others) = images(filters_section(model, np.zeros((2, 1, 8, 8), np.float32)))
    assert first.shape == (3, 2, 3) and len(others) == 4
    (red, _, less), (blue, _, more) = first[0, 0], first[0, 1]
    assert red > less and more > blue
    model = Sequential(Conv2d(3, 2, 3))
    model[0].weight.data[0], model[0].weight.data[0, 1] = 0, 1
    assert images(filters_section(model, np.zeros((2, 3, 8, 8), np.float32)))[0][0, 0].tolist() == [0, 255, 0]


def test_a_linear_layer_over_all_pixels():
    x = np.zeros((2, 1, 7, 9), np.float32)
    model = Sequential(Flatten(), Linear(63, 70))
    model[1].weight.data[:] = 0
    model[1].weight.data[3, 9 * 2 + 4] = 1
    found = images(filters_section(model, x))
    assert len(found) == 64 and found[3].shape == (7, 9, 3)
    assert np.argwhere(found[3][..., 2] < 200).tolist() == [[2, 4]]
    model = Sequential(Flatten(), Linear(3 * 63, 2))
    model[1].weight.data[:], model[1].weight.data[0, 63 + 9 * 2 + 4] = 0, 1
    (first, _) = images(filters_section(model, np.zeros((2, 3, 7, 9), np.float32)))
    assert np.argwhere(first == 255).tolist() == [[2, 4, 1]]


@pytest.mark.parametrize(("model", "x"), [
    (Sequential(Linear(5, 3)), np.zeros((2, 5), np.float32)), (Sequential(Embedding(9, 3)), np.zeros((2, 5), int)),
    (Sequential(Conv2d(8, 2, 1)), np.zeros((2, 8, 9, 9), np.float32)), (ReLU(), np.zeros((2, 1, 9, 9), np.float32))])
def test_others_have_none_to_show(model, x):
    assert filters_section(model, x) == ""
