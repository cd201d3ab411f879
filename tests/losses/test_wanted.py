"""WantedClasses and WantedShares say the same thing in two ways."""

import numpy as np
import pytest

from chainrule.losses.wanted import WantedClasses, WantedShares


@pytest.mark.parametrize("scale", [0.5, np.array([0.5, 2.0, -1.0, 3.0])])
def test_classes_are_shares_with_one_class_in_each_row(scale):
    x = np.random.default_rng(0).standard_normal((4, 5))
    classes = WantedClasses(np.array([0, 2, 3]), np.array([4, 0, 2]), np.array([1.0, 0.25, 3.0]), 4.25)
    share = np.zeros((4, 5))
    share[0, 4], share[2, 0], share[3, 2] = 1.0, 0.25, 3.0
    shares = WantedShares(share, 4.25)
    np.testing.assert_allclose(classes.mass(x), shares.mass(x))
    np.testing.assert_allclose(classes.dot(x), shares.dot(x))
    top = x.max(axis=1, keepdims=True)
    np.testing.assert_allclose(classes.dot(x, top), shares.dot(x, top))
    np.testing.assert_allclose(classes.dot(x, top), classes.dot(x - top))
    a, b = x.copy(), x.copy()
    classes.subtract_from(a, scale)
    shares.subtract_from(b, scale)
    np.testing.assert_allclose(a, b)
