"""Probabilistic backpropagation: exact where theory is, calibrated on data."""

import numpy as np
import pytest

from chainrule.backprop import ProbabilisticBackprop
from chainrule.backprop.probabilistic import probabilistic_backprop
from chainrule.data import train_test_split


def test_a_linear_network_approaches_the_bayesian_regression():
    """Without hidden units the likelihood is Gaussian in the weights: the means are those of least squares."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2000, 3))
    y = x @ [2.0, -1.0, 0.5] + 3 + 0.5 * rng.normal(size=2000)
    network = ProbabilisticBackprop([], epochs=1, rng=rng).fit(x, y)
    design = np.column_stack([x, np.ones(2000)])
    best, residual, *_ = np.linalg.lstsq(design, y, rcond=None)
    mean, variance = network.predict(x)
    np.testing.assert_allclose(mean, design @ best, atol=0.05)
    conjugate = (6 * y.var() + residual[0] / 2) / (6 + 1000 - 1)     # posterior of the noise, Gamma(6, 6) before
    np.testing.assert_allclose(variance, conjugate, rtol=0.1)


def test_the_evidence_rises_with_each_move(monkeypatch):
    """The gradients that move means and variances are those of the log-evidence: central differences say so."""
    rng = np.random.default_rng(0)
    network = ProbabilisticBackprop([4], epochs=1, rng=rng).fit(rng.normal(size=(20, 2)), rng.normal(size=20))
    monkeypatch.setattr(probabilistic_backprop, "_move", lambda layer: None)
    x, y = np.array([[0.3, -0.7]]), 0.9
    noise = network.noise_belief.variance

    def log_evidence():
        mean, var = network._forward(x)
        return -0.5 * (np.log(var + noise) + (y - mean)**2 / (var + noise)).item()
    linears = network.layers[::2]
    network._observe(x, y, linears)
    for layer in linears:
        for parameter in (layer.weight, layer.variance):
            for place in np.ndindex(parameter.shape):
                before, sides = parameter.data[place], []
                for step in (1e-6, -1e-6):
                    parameter.data[place] = before + step
                    sides.append(log_evidence())
                parameter.data[place] = before
                assert abs((sides[0] - sides[1]) / 2e-6 - parameter.grad[place]) < 1e-6


def test_the_same_seed_gives_the_same_bits():
    x, y = np.random.default_rng(0).normal(size=(2, 12, 1))
    one, other = (ProbabilisticBackprop([3], 2, rng=np.random.default_rng(1)).fit(x, y).predict(x) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.long
def test_intervals_on_diabetes():
    """Done when: 90 % intervals cover 83 to 96 %; and better than a Gaussian of the training targets."""
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_diabetes(return_X_y=True)
    inside, gain = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, rng=rng)
        prediction = ProbabilisticBackprop(epochs=20, rng=rng).fit(x_train, y_train).predict(x_test)
        inside.append(prediction.coverage(y_test, 0.9))
        plain = -0.5 * np.mean(np.log(2 * np.pi * y_train.var()) + (y_test - y_train.mean())**2 / y_train.var())
        gain.append(prediction.log_likelihood(y_test) - plain)
    assert 0.83 <= np.mean(inside) <= 0.96 and np.mean(gain) > 0.1
