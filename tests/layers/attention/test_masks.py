"""Masks as numbers: both meanings of True, and what is refused."""

import numpy as np
import pytest

from chainrule.layers.attention import ScaledDotProductAttention
from chainrule.layers.attention.masks import additive_mask, causal_mask, check_mask
from chainrule.layers.core import DtypeError, ShapeError


def test_true_means_look_or_ignore():
    mask = np.array([True, False])
    assert additive_mask(mask, np.float32, true_means="look").tolist() == [0, -np.inf]
    assert additive_mask(mask, np.float32, true_means="ignore").tolist() == [-np.inf, 0]
    assert additive_mask(mask, np.float32, true_means="look").dtype == np.float32


def test_numbers_stay_as_they_are():
    mask = np.array([0.5, -np.inf], np.float32)
    assert additive_mask(mask, np.float32, true_means="ignore") is mask
    assert additive_mask(mask, np.float64, true_means="ignore").dtype == np.float64


def test_a_causal_mask_hides_what_comes_later():
    torch = pytest.importorskip("torch")
    np.testing.assert_array_equal(causal_mask(4, 4, np.float32),
                                  torch.nn.Transformer.generate_square_subsequent_mask(4).numpy())
    assert (causal_mask(2, 3, np.float64) == [[0, -np.inf, -np.inf], [0, 0, -np.inf]]).all()


@pytest.mark.parametrize(("mask", "error", "shown"), [
    (np.zeros((2, 3), np.int64), DtypeError, "expected mask as a NumPy array of truth values or .* got int64"),
    ([[True, False]], DtypeError, "got list; convert it with np.asarray"),
    (np.zeros((3, 3), bool), ShapeError, r"expected mask of shape \(2, 3\) or \(4, 2, 3\), got \(3, 3\)"),
    ((3, 3), ShapeError, r"got \(3, 3\)"),
])
def test_what_is_no_mask_is_refused(mask, error, shown):
    with pytest.raises(error, match=shown):
        check_mask(mask, (2, 3), (4, 2, 3), name="mask", owner=ScaledDotProductAttention())
