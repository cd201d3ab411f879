"""WassersteinLoss: minus the difference of mean scores of data and samples."""

import numpy as np

from chainrule.losses import WassersteinLoss


def test_data_and_samples_together_give_the_difference_of_means():
    loss, rng = WassersteinLoss(), np.random.default_rng(0)
    real, samples = rng.normal(size=(7, 1)), rng.normal(size=(7, 1))
    value = loss.forward(real, np.ones((7, 1))) + loss.forward(samples, np.zeros((7, 1)))
    np.testing.assert_allclose(value, samples.mean() - real.mean())
    assert loss.hvp(np.ones((7, 1))).tolist() == [[0.0]] * 7
