"""What is a picture: axes where they belong."""

import numpy as np
import pytest

from chainrule.analysis.report.pictures import as_pictures, draw_sample

IMAGES = np.random.default_rng(0).random((4, 3, 8, 9)).astype(np.float32)


def test_axes_are_where_they_belong():
    assert as_pictures(IMAGES)[1, 2, 3].tolist() == IMAGES[1, :, 2, 3].tolist()
    np.testing.assert_array_equal(as_pictures(IMAGES[:, :1]), IMAGES[:, 0])
    np.testing.assert_allclose(as_pictures(IMAGES[:, :2]), IMAGES[:, :2].mean(axis=1))
    np.testing.assert_array_equal(as_pictures(IMAGES[:, 0]), IMAGES[:, 0])
    rows = np.arange(98, dtype=np.float32).reshape(2, 49)
    assert as_pictures(rows)[1, 2, 3] == rows[1, 17]


@pytest.mark.parametrize("x", [np.zeros((4, 10)), np.zeros((4, 36)), np.full((4, 64), -1.0), np.zeros((4, 64), int),
                               np.zeros((4, 2, 50)), np.zeros((4, 1, 1, 9)), np.zeros(4)])
def test_what_is_no_picture(x):
    assert as_pictures(x) is None


def test_a_sample_is_a_picture_or_a_curve():
    assert draw_sample(as_pictures(IMAGES), IMAGES, 0).startswith("<img")
    for x in (np.zeros((2, 5)), np.ones((2, 1)), np.arange(6).reshape(2, 3), np.zeros((2, 3, 1000))):
        curve = draw_sample(None, x, 1)
        assert curve.startswith("<svg") and "nan" not in curve
