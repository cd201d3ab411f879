"""Ensembles: the layer by the battery, the mixture's moments, and noise that depends on the place."""

import numpy as np

from chainrule.backprop import DeepEnsemble
from chainrule.backprop.probabilistic import MeanAndVariance
from chainrule.testing import check_layer


def test_the_last_layer_passes_the_battery():
    assert check_layer(MeanAndVariance(), (5, 2)).problems == []


def test_noise_that_grows_along_the_way_is_found():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 1, (500, 1))
    y = x[:, 0] + (0.05 + 0.5 * x[:, 0]) * rng.normal(size=500)
    ensemble = DeepEnsemble([20], epochs=10, members=2, rng=rng).fit(x, y)
    quiet, loud = ensemble.predict(np.array([[0.1], [0.9]])).variance
    assert loud > 5 * quiet
    prediction = ensemble.predict(x)
    assert 0.8 < prediction.coverage(y, 0.9) < 0.97


def test_the_variance_is_that_of_the_mixture():
    x = np.linspace(-1, 1, 20)[:, None]
    ensemble = DeepEnsemble([5], epochs=2, members=3, rng=np.random.default_rng(0)).fit(x, x)
    mean, var = ensemble.moments(x)
    answers = [network.forward(x.astype(np.float32)) for network in ensemble.networks]
    draws = np.random.default_rng(1).normal(size=(3, 20, 4000))
    mixed = np.concatenate([m + np.sqrt(v) * draw for (m, v), draw in zip(answers, draws, strict=True)], axis=1)
    np.testing.assert_allclose(mean, mixed.mean(axis=1), atol=0.05)
    np.testing.assert_allclose(var, mixed.var(axis=1), rtol=0.1)
