"""Flips, each image on its own."""

import numpy as np
import pytest

from chainrule.data import RandomHorizontalFlip, RandomVerticalFlip
from chainrule.layers.core import ValueRangeError

X = np.random.default_rng(0).random((2000, 1, 2, 3))


@pytest.mark.parametrize(("kind", "axis"), [(RandomHorizontalFlip, 3), (RandomVerticalFlip, 2)])
def test_a_share_p_is_mirrored_and_nothing_else_happens(kind, axis):
    found = kind(0.3)(X, rng=np.random.default_rng(1))
    mirrored = (found == np.flip(X, axis)).all(axis=(1, 2, 3))
    assert (mirrored | (found == X).all(axis=(1, 2, 3))).all()
    assert abs(mirrored.mean() - 0.3) < 0.04
    np.testing.assert_array_equal(kind(0.0)(X), X)
    np.testing.assert_array_equal(kind(1.0)(X), np.flip(X, axis))


def test_p_is_a_probability():
    with pytest.raises(ValueRangeError, match=r"RandomVerticalFlip expected p in \[0, 1\], got 1.5"):
        RandomVerticalFlip(1.5)
