"""Several transforms in a row."""

import numpy as np

from chainrule.data import CenterCrop, Compose, Normalize, PixelNoise, RandomHorizontalFlip


def test_one_after_the_other_from_one_generator():
    x = np.random.default_rng(0).random((6, 1, 5, 5))
    both = Compose([RandomHorizontalFlip(), PixelNoise()])
    rng = np.random.default_rng(1)
    expected = PixelNoise()(RandomHorizontalFlip()(x, rng=rng), rng=rng)
    np.testing.assert_array_equal(both(x, rng=np.random.default_rng(1)), expected)


def test_it_is_random_if_one_is():
    assert Compose([CenterCrop(2), PixelNoise()]).random
    assert not Compose([CenterCrop(2), Normalize([0], [1])]).random
