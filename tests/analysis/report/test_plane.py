"""The plane: borders where the network has them, and spaces that are those of its layers."""

import base64
import io
import re

import numpy as np
import pytest

from chainrule.analysis.report.plane import plane_section, spaces_of
from chainrule.analysis.report.samples import Samples, judge
from chainrule.layers import Dropout, Flatten, Linear, ReLU, Tanh
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Sequential

X = np.random.default_rng(0).uniform(-1, 1, (50, 2)).astype(np.float32)


def split_at_a_third():
    model = Sequential(Linear(2, 2))
    model[0].weight.data[:], model[0].bias.data[:] = [[0, 0], [30, 0]], [0, -10]        # class 1 where x > 1/3
    return model


def test_the_border_is_where_the_network_has_it():
    reader = pytest.importorskip("matplotlib.image")
    page = plane_section(split_at_a_third(), judge(split_at_a_third(), Samples(X, (X[:, 0] > 0).astype(int)),
                                                   CrossEntropyLoss()))
    pixels = reader.imread(io.BytesIO(base64.b64decode(re.search(r'base64,([^"]*)"', page)[1])), format="png")
    low, high = X[:, 0].min(), X[:, 0].max()
    low, high = low - 0.08 * (high - low), high + 0.08 * (high - low)
    places = np.linspace(low, high, 96)
    blue = pixels[50, :, 2] > pixels[50, :, 0]
    np.testing.assert_array_equal(blue, places <= 1 / 3)
    assert pixels[50, np.abs(places - 1 / 3).argmin(), 3] < pixels[50, 0, 3], "paler at the border"
    wrong = int(((X[:, 0] > 1 / 3) != (X[:, 0] > 0)).sum())
    assert page.split("the plane behind each layer")[0].count('class="miss"') == wrong > 0


def test_spaces_are_what_layers_give():
    model = Sequential(Flatten(), Linear(2, 2), Tanh(), Dropout(0.5), Sequential(Linear(2, 5), ReLU()), Linear(5, 1))
    spaces = spaces_of(model, X)
    assert [(space.path, space.width) for space in spaces] == [("", 2), ("1", 2), ("2", 2), ("4.0", 5), ("4.1", 5),
                                                               ("5", 1)]
    y = model[1].forward(X)
    np.testing.assert_allclose(spaces[1].points, y, rtol=1e-6)
    np.testing.assert_allclose(spaces[2].points, np.tanh(y), rtol=1e-5)
    assert spaces[2].mesh.shape == (26, 25, 2)
    np.testing.assert_allclose(spaces[2].mesh[3], np.tanh(model[1].forward(spaces[0].mesh[3].astype(np.float32))),
                               rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(spaces[5].points[:, 1], 0)


def test_wide_layers_are_seen_from_where_most_is_to_see():
    model = Sequential(Linear(2, 7))
    space = spaces_of(model, X)[1]
    y = model.forward(X)
    distances, seen = (np.linalg.norm(each[:, None] - each, axis=-1) for each in (y, space.points))
    np.testing.assert_allclose(seen, distances, atol=1e-5)      # a plane in seven dimensions loses nothing
    assert (spaces_of(Sequential(Linear(2, 7)), X[:1])[1].points.shape) == (1, 2)


def test_numbers_in_the_plane_and_other_data():
    page = plane_section(Sequential(Linear(2, 1)), judge(Sequential(Linear(2, 1)), Samples(X, X[:, :1]), MSELoss()))
    assert "Blue is low" in page and 'class="miss"' not in page
    wide = np.zeros((4, 3), np.float32)
    assert plane_section(Linear(3, 1), judge(Linear(3, 1), Samples(wide, wide[:, :1]), MSELoss())) == ""
