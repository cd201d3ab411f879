"""Scores to weights against a softmax written out, and back against its Jacobian."""

import numpy as np
import pytest

from chainrule.layers.kernels import weigh, weigh_back


@pytest.mark.parametrize("first", [None, 0, 3])
def test_weights_and_their_derivative(first):
    rng = np.random.default_rng(0)
    scores, grad = rng.normal(size=(2, 2, 4, 5))
    scores[1, 2] = -np.inf
    seen = np.ones((4, 5), bool) if first is None else np.arange(5) <= np.arange(first, first + 4)[:, None]
    powers = np.where(seen, np.exp(scores), 0)
    sums = powers.sum(axis=-1, keepdims=True)
    wanted = powers / np.where(sums == 0, 1, sums)
    weights, again, grad_scores = scores.copy(), scores.copy(), grad.copy()
    log_sum = weigh(weights, first)
    np.testing.assert_allclose(weights, wanted, rtol=1e-12)
    np.testing.assert_allclose(log_sum, np.log(np.where(sums == 0, 1, sums)), rtol=1e-12)
    weigh_back(again, grad_scores, log_sum, first)
    np.testing.assert_allclose(again, wanted, rtol=1e-12)
    jacobian = wanted[..., None] * np.eye(5) - wanted[..., None] * wanted[..., None, :]
    np.testing.assert_allclose(grad_scores, np.einsum("nlsk,nlk->nls", jacobian, grad), rtol=1e-12, atol=1e-15)
