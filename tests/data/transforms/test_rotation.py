"""Rotations against quarter turns of NumPy and SciPy's interpolation."""

import math

import numpy as np
import pytest
import scipy

from chainrule.data import RandomRotation
from chainrule.layers.core import UnknownNameError, ValueRangeError

X = np.random.default_rng(0).random((3, 2, 7, 7))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("turns", [-1, 0, 1, 2])
def test_quarter_turns_are_exact(interpolation, turns):
    found = RandomRotation((90 * turns, 90 * turns), interpolation)(X)
    np.testing.assert_allclose(found, np.rot90(X, turns, axes=(2, 3)), atol=1e-8)


@pytest.mark.parametrize(("interpolation", "order"), [("nearest", 0), ("bilinear", 1)])
@pytest.mark.parametrize("angle", [17.0, -33.5])
def test_other_angles_as_scipy(interpolation, order, angle):
    x = np.random.default_rng(1).random((1, 1, 9, 12))
    found = RandomRotation((angle, angle), interpolation)(x)[0, 0]
    turn = math.radians(angle)
    matrix = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    middle = (np.array(x.shape[2:]) - 1) / 2
    expected = scipy.ndimage.affine_transform(x[0, 0], matrix, middle - matrix @ middle, order=order,
                                              mode="grid-constant")
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_angles_differ_and_lie_between():
    x = np.zeros((200, 1, 41, 41))
    x[:, :, 20, 40] = 1                             # a point to the right of the middle
    turned = RandomRotation((20, 70))(x, rng=np.random.default_rng(0))
    _, _, rows, columns = np.nonzero(turned)
    angles = np.degrees(np.arctan2(20 - rows, columns - 20))
    assert len(angles) > 100 and angles.min() > 17 and angles.max() < 73 and np.ptp(angles) > 40


def test_outside_is_fill():
    assert RandomRotation((45, 45), fill=9)(X)[0, 0, 0, 0] == 9


def test_arguments_that_mean_nothing():
    for degrees in (-5, (3, 2), (1, 2, 3), float("nan"), (0, float("inf"))):
        with pytest.raises(ValueRangeError, match="RandomRotation expected degrees"):
            RandomRotation(degrees)
    with pytest.raises(UnknownNameError, match="bilinear"):
        RandomRotation(5, "bilinea")
