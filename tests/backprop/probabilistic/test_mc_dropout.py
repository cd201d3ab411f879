"""Uncertainty by dropout: what it comes to on a line with noise."""

import numpy as np

from chainrule.backprop import MCDropout


def test_noise_is_measured_and_the_line_found():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (400, 1))
    y = 2 * x[:, 0] + 0.3 * rng.normal(size=400)
    prediction = MCDropout([20], epochs=15, rng=rng).fit(x, y).predict(x)
    assert np.sqrt(np.mean((prediction.mean - 2 * x[:, 0])**2)) < 0.15
    assert 0.06 < prediction.variance.mean() < 0.2          # 0.09, and the spread of the answers
    assert 0.8 < prediction.coverage(y, 0.9) < 0.99


def test_without_dropout_all_answers_are_one():
    x = np.linspace(-1, 1, 30)[:, None]
    method = MCDropout([5], epochs=3, p=0.0, rng=np.random.default_rng(0)).fit(x, x)
    _, var = method.moments(x)
    np.testing.assert_allclose(var, method.noise)
