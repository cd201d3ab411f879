"""Rectangles blotted out: their form, place and share."""

import numpy as np
import pytest

from chainrule.data import Cutout, RandomErasing
from chainrule.layers.core import ValueRangeError

ONES = np.ones((3000, 2, 20, 30), np.float32)


def boxes(images):
    """Return top, left, height and width of what is erased in each, after checking that it is one full rectangle."""
    found = []
    for image in images:
        rows, columns = np.flatnonzero((image == 0).any(axis=1)), np.flatnonzero((image == 0).any(axis=0))
        if len(rows):
            height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
            assert (image == 0).sum() == height * width
            found.append((rows[0], columns[0], height, width))
    return np.array(found)


def test_erased_rectangles():
    found = RandomErasing(p=0.4, scale=(0.05, 0.2), ratio=(0.5, 2))(ONES, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(found[:, 0], found[:, 1])             # the same in all channels
    box = boxes(found[:, 0])
    assert abs(len(box) / 3000 - 0.4) < 0.03
    area, ratio = box[:, 2] * box[:, 3] / 600, box[:, 2] / box[:, 3]
    assert 0.03 < area.min() < 0.07 and 0.17 < area.max() < 0.23 and abs(area.mean() - 0.125) < 0.01
    assert 0.4 < ratio.min() < 0.6 and 1.6 < ratio.max() < 2.5 and abs(np.log(ratio).mean()) < 0.05
    assert box[:, 0].min() == 0 and (box[:, 0] + box[:, 2]).max() == 20
    assert box[:, 1].min() == 0 and (box[:, 1] + box[:, 3]).max() == 30


def test_squares_cut_out():
    found = Cutout(5)(ONES, rng=np.random.default_rng(0))
    box = boxes(found[:, 0])
    assert len(box) == 3000 and box[:, 2:].max() == 5
    assert box[:, 2:].min() == 3                                        # two of five stick out at most
    assert {tuple(place) for place in box[:, :2]} >= {(0, 0), (17, 27)}


def test_values_and_what_never_fits():
    assert RandomErasing(p=1, value=7)(ONES[:5]).max() == 7
    assert Cutout(3, value=7)(ONES[:5]).max() == 7
    huge = RandomErasing(p=1, scale=(1, 1), ratio=(1, 1))
    np.testing.assert_array_equal(huge(ONES[:5]), ONES[:5])


@pytest.mark.parametrize("arguments", [{"p": 2}, {"scale": (0, 0.5)}, {"scale": (0.5, 0.2)}, {"scale": (0.5, 1.5)},
                                       {"ratio": (0, 1)}, {"ratio": (1, float("inf"))}, {"scale": (0.1,)}])
def test_arguments_that_mean_nothing(arguments):
    with pytest.raises(ValueRangeError, match=f"RandomErasing expected {next(iter(arguments))}"):
        RandomErasing(**arguments)
