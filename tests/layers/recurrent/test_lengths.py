"""The order of sequences of different lengths, and lengths that can not be."""

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, ShapeError, ValueRangeError
from chainrule.layers.recurrent import GRU
from chainrule.layers.recurrent.lengths import arrange


def test_the_longest_come_first_and_the_way_back_is_known():
    lengths = np.array([2, 0, 5, 3, 5])
    rows = arrange(lengths, 6, 5)
    assert lengths[rows.order].tolist() == [5, 5, 3, 2, 0]
    np.testing.assert_array_equal(lengths[rows.order][rows.back], lengths)
    assert rows.alive == [int((lengths > t).sum()) for t in range(6)]
    values = np.ones((6, 5))
    assert rows.clear(values).sum(axis=0).tolist() == [5, 5, 3, 2, 0]


@pytest.mark.parametrize(("lengths", "error", "shown"), [
    ([1.0, 2.0], DtypeError, r"GRU\(3, 4\) expected lengths as whole numbers, got float64"),
    ([[1], [2]], ShapeError, r"GRU\(3, 4\) expected lengths of shape \(2,\), got \(2, 1\)"),
    ([1, 6], ValueRangeError, r"GRU\(3, 4\) expected lengths from 0 to 5, the steps of x, got 1 to 6"),
    ([-1, 5], ValueRangeError, "got -1 to 5"),
])
def test_impossible_lengths_are_refused(lengths, error, shown):
    with pytest.raises(error, match=shown):
        GRU(3, 4).forward(np.zeros((5, 2, 3)), None, lengths)


def test_lengths_are_copied():
    layer, lengths = GRU(3, 4), np.array([1, 3])
    output, h_n = layer.forward(np.ones((3, 2, 3)), None, lengths)
    expected = layer.backward((output, h_n))[0]
    layer.forward(np.ones((3, 2, 3)), None, lengths)
    lengths[...] = 0
    np.testing.assert_array_equal(layer.backward((output, h_n))[0], expected)
