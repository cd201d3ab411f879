"""Similarities against slow loops and SciPy."""

import numpy as np
import pytest
import scipy

from chainrule.analysis.saliency.similarity import hog, rank_correlation, similarity, structural_similarity
from chainrule.layers.core import ShapeError


def test_ranks_are_scipys():
    a, b = np.random.default_rng(0).integers(0, 5, (2, 30)).astype(float)
    assert rank_correlation(a, b) == pytest.approx(scipy.stats.spearmanr(a, b).statistic)


def test_ssim_is_its_formula_window_by_window():
    a, b = np.random.default_rng(1).random((2, 9, 11))
    found = []
    for i in range(3):
        for j in range(5):
            p, q = a[i:i + 7, j:j + 7].ravel(), b[i:i + 7, j:j + 7].ravel()
            c = np.cov(p, q)
            found.append((2 * p.mean() * q.mean() + 1e-4) * (2 * c[0, 1] + 9e-4) /
                         ((p.mean() ** 2 + q.mean() ** 2 + 1e-4) * (c[0, 0] + c[1, 1] + 9e-4)))
    assert structural_similarity(a, b) == pytest.approx(np.mean(found), abs=1e-12)


def test_hog_sees_directions():
    slope = np.tile(np.arange(8.0), (8, 1))
    across, down = hog(slope).reshape(-1, 8), hog(slope.T).reshape(-1, 8)
    assert across.shape == (16, 8) and (across.argmax(axis=1) == 0).all() and (down.argmax(axis=1) == 4).all()


def test_a_mask_is_like_itself_and_zero_like_none():
    masks = np.random.default_rng(2).normal(size=(3, 2, 8, 8))
    assert similarity(masks, masks) == pytest.approx((1,) * 5)
    assert similarity(masks, 0 * masks) == (0,) * 5
    with pytest.raises(ShapeError, match="one shape"):
        similarity(masks, masks[:2])
