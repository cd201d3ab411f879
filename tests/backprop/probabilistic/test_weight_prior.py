"""The factors of the prior, refined: against the exact posterior where there is one."""

import numpy as np

from chainrule.backprop.probabilistic import Gamma, WeightPrior


def test_a_known_precision_gives_the_exact_posterior():
    """With the precision all but known, the factor is the Gaussian prior itself, whatever it was before."""
    known = Gamma(1e8, 1e8)                                             # of variance 1
    prior = WeightPrior(3, known)
    likelihood_mean, likelihood_var = np.array([0.5, -2.0, 3.0]), np.array([0.5, 2.0, 0.1])
    var = 1 / (1 / likelihood_var + 1 / known.variance)
    mean = var * likelihood_mean / likelihood_var
    for _ in range(3):
        mean, var = prior.refine(mean, var)
    np.testing.assert_allclose(var, likelihood_var / (1 + likelihood_var), rtol=1e-6)
    np.testing.assert_allclose(mean, likelihood_mean / (1 + likelihood_var), rtol=1e-6)


def test_the_spread_of_the_weights_is_learned():
    prior = WeightPrior(400, Gamma(6.0, 6.0))
    mean, var = np.random.default_rng(0).normal(0, 0.2, 400), np.full(400, 1e-4)
    for _ in range(5):
        mean, var = prior.refine(mean, var)
    posterior = Gamma(6 + 200, 6 + np.square(mean).sum() / 2)           # of weights that are known exactly
    np.testing.assert_allclose(prior.precision_belief, posterior, rtol=0.02)


def test_weights_that_say_nothing_are_left_alone():
    prior = WeightPrior(1, Gamma(6.0, 6.0))
    mean, var = prior.refine(np.array([0.3]), np.array([1.2]))      # the prior alone: nothing left without its factor
    assert (mean, var) == (0.3, 1.2)
