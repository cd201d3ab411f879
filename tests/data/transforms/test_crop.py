"""Crops: every place alike, and the middle."""

import numpy as np
import pytest

from chainrule.data import CenterCrop, RandomCrop
from chainrule.layers.core import ShapeError, ValueRangeError

X = np.arange(2 * 5 * 6.0).reshape(1, 2, 5, 6)


def test_each_piece_is_one_of_the_image_and_all_come():
    pieces = {X[0, :, top:top + 3, left:left + 2].tobytes() for top in range(3) for left in range(5)}
    found = {piece.tobytes() for piece in RandomCrop((3, 2))(np.repeat(X, 400, axis=0), rng=np.random.default_rng(0))}
    assert found == pieces


def test_padding_is_around_the_image():
    padded = np.pad(X[0], ((0, 0), (1, 1), (2, 2)), constant_values=7)
    pieces = {padded[:, top:top + 5, left:left + 6].tobytes() for top in range(3) for left in range(5)}
    transform = RandomCrop((5, 6), padding=(1, 2), fill=7)
    found = {piece.tobytes() for piece in transform(np.repeat(X, 400, axis=0), rng=np.random.default_rng(0))}
    assert found == pieces


@pytest.mark.parametrize(("size", "rows", "columns"), [((3, 2), slice(1, 4), slice(2, 4)), (5, slice(0, 5), None)])
def test_the_middle(size, rows, columns):
    found = CenterCrop(size)(X)
    np.testing.assert_array_equal(found, X[:, :, rows, columns or slice(0, 5)])     # half a pixel: the even place


@pytest.mark.parametrize("transform", [RandomCrop(6), CenterCrop((6, 6)), RandomCrop((5, 9), padding=(0, 1))])
def test_images_smaller_than_the_piece_are_refused(transform):
    with pytest.raises(ShapeError, match="expected images of at least"):
        transform(X)


@pytest.mark.parametrize("make", [lambda: RandomCrop(0), lambda: RandomCrop((3, -1)), lambda: RandomCrop(3, padding=-1),
                                  lambda: CenterCrop((1, 2, 3))])
def test_sizes_that_mean_nothing(make):
    with pytest.raises((ValueRangeError, ShapeError), match="Crop expected"):
        make()
