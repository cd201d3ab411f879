"""The compiled weights of attention are those of the definition."""

import numpy as np
import pytest

from chainrule.layers.kernels import weigh, weigh_back

pytest.importorskip("numba")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 2e-6)])
@pytest.mark.parametrize("first", [None, 0, 3, 40])
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (2, 3, 33, 41), (3, 0, 2)])
def test_same_as_definition(shape, first, dtype, tolerance):
    rng = np.random.default_rng(0)
    scores, grad = (rng.normal(size=shape).astype(dtype) * 9 for _ in range(2))
    scores[..., :1, :] = -np.inf
    results = []
    for forward, back in ((weigh, weigh_back), (weigh.definition, weigh_back.definition)):
        weights, again, grad_scores = scores.copy(), scores.copy(), grad.copy()
        log_sum = forward(weights, first)
        back(again, grad_scores, log_sum, first)
        results.append((weights, log_sum, again, grad_scores))
    for mine, theirs in zip(*results, strict=True):
        assert mine.shape == theirs.shape and mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs, rtol=40 * tolerance, atol=40 * tolerance)


def test_no_score_that_is_hidden_counts_and_nan_spoils_its_row():
    scores = np.zeros((3, 20), np.float32)
    scores[0, 1:], scores[1, 0], scores[2, 19] = np.nan, np.nan, np.inf
    wanted = scores.copy()
    log_sum = weigh(scores, 0), weigh.definition(wanted, 0)
    seen = np.tri(3, 20, dtype=bool)
    np.testing.assert_allclose(scores[seen], wanted[seen], rtol=1e-6)
    np.testing.assert_allclose(*log_sum, rtol=1e-6)
    assert np.isnan(scores[1, :2]).all() and scores[0, 0] == 1 and scores[2, 0] == pytest.approx(1 / 3)
