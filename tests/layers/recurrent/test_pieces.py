"""Products in pieces against plain ones, where columns divide and where they do not."""

import numpy as np
import pytest

from chainrule.layers.recurrent.pieces import cut, multiply

SHAPES = [(32, 128, 512), (64, 64, 192), (3, 5, 7), (1, 1, 1), (0, 4, 6), (40, 300, 509), (70, 1000, 48)]


rng = np.random.default_rng(0)


@pytest.mark.parametrize(("rows", "k", "m"), SHAPES)
def test_pieces_give_the_product(rows, k, m):
    x, matrix = rng.normal(size=(rows, k)), rng.normal(size=(m, k)).T
    np.testing.assert_allclose(multiply(x, cut(matrix, rows), np.empty((rows, m))), x @ matrix, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("rows", "pieces"), [(32, 4), (8, 1), (1, 1), (100, 8), (10**6, 1)])
def test_pieces_are_the_fewest_that_are_small_enough(rows, pieces):
    assert cut(rng.normal(size=(128, 512)), rows).shape == (pieces, 128, 512 // pieces)
