"""How one error changes the belief about a precision: the first two moments, by quadrature."""

import numpy as np
import pytest

from chainrule.backprop.probabilistic import Gamma

scipy = pytest.importorskip("scipy")


@pytest.mark.parametrize("error", [0.1, 1.0, 4.0])
def test_moments_after_an_observation(error):
    """Without variance of its own the error follows a Student distribution; matched moments differ by its Gaussian."""
    belief, var = Gamma(6.0, 6.0), 0.4

    def evidence(shape):            # the Gaussian that stands for the Student distribution
        total = var + belief.rate / (shape - 1)
        return np.exp(-error**2 / (2 * total)) / np.sqrt(2 * np.pi * total)
    z, z1, z2 = (evidence(belief.shape + step) for step in range(3))
    mean = belief.shape / belief.rate * z1 / z          # of the precision: weight Gamma(shape + 1) by its evidence
    square = belief.shape * (belief.shape + 1) / belief.rate**2 * z2 / z
    after = belief.observed(error, var)
    np.testing.assert_allclose(after.shape / after.rate, mean)
    np.testing.assert_allclose(after.shape * (after.shape + 1) / after.rate**2, square)


def test_many_errors_reveal_their_variance():
    belief = Gamma(6.0, 6.0)
    for error in np.random.default_rng(0).normal(0, 0.3, 2000):
        belief = belief.observed(float(error), 0.0)
    assert abs(belief.variance / 0.09 - 1) < 0.1


def test_a_step_to_no_distribution_is_not_taken():
    belief = Gamma(1.001, 1e-8)
    assert belief.observed(1e150, 0.0).usable
