"""The digits: complete, scaled, small on disk, and their licence named."""

import importlib
from importlib.resources import files

import numpy as np
import pytest

from chainrule.data import digits


def test_images_and_labels():
    dataset = digits()
    assert dataset.x.shape == (1797, 1, 8, 8)
    assert dataset.x.dtype == np.float32
    assert dataset.y.shape == (1797,)
    assert dataset.y.dtype == np.int64
    assert (dataset.x.min(), dataset.x.max()) == (0, 1)
    assert set(dataset.y) == set(range(10))


def test_flat_images_are_the_same_row_by_row():
    np.testing.assert_array_equal(digits(flat=True).x, digits().x.reshape(1797, 64), strict=True)
    np.testing.assert_array_equal(digits(flat=True).y, digits().y)


def test_the_digits_are_those_of_scikit_learn():
    original = pytest.importorskip("sklearn.datasets").load_digits()
    dataset = digits()
    np.testing.assert_array_equal(dataset.x[:, 0] * 16, original.images)
    np.testing.assert_array_equal(dataset.y, original.target)


def test_every_call_gives_its_own_arrays():
    first = digits()
    first.x[...] = -1
    assert digits().x.min() == 0


def test_the_file_is_small_and_the_licence_named():
    assert len((files("chainrule.data") / "digits.npz").read_bytes()) < 100_000
    source = importlib.import_module("chainrule.data.digits").__doc__
    for credit in ("E. Alpaydin and C. Kaynak", "CC BY 4.0", "10.24432/C50P49"):
        assert credit in source
