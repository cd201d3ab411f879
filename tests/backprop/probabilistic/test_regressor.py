"""The frame around what learns: standardising, checks."""

import numpy as np
import pytest

from chainrule.backprop.probabilistic import UncertainRegressor
from chainrule.layers.core import ShapeError, StateError


class LeastSquares(UncertainRegressor):
    """A line with constant variance, in the standardised units of the frame."""

    def learn(self, x, y):
        self.slopes, self.seen = np.linalg.lstsq(x, y, rcond=None)[0], (x, y)

    def moments(self, x):
        return x @ self.slopes, np.full(len(x), 0.25)


def test_units_of_the_data_come_back():
    x = np.random.default_rng(0).normal(5, 3, (50, 2)).astype(np.float32)
    y = 100 + 7 * x[:, :1]
    regressor = LeastSquares().fit(x, y)
    for seen in regressor.seen:
        np.testing.assert_allclose([seen.mean(), seen.std()], [0, 1], atol=1e-6)
    mean, variance = regressor.predict(x[:4])
    np.testing.assert_allclose(mean, y[:4, 0], rtol=1e-5)
    np.testing.assert_allclose(variance, 0.25 * y.var(), rtol=1e-4)


def test_what_does_not_fit_is_refused():
    with pytest.raises(StateError, match=r"LeastSquares expected fit before predict; call fit\(x, y\) first"):
        LeastSquares().predict(np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"a target for each of at least two samples, got x \(3, 2\) and y \(4,\)"):
        LeastSquares().fit(np.zeros((3, 2)), np.zeros(4))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, 2\), got \(3, 1\)"):
        LeastSquares().fit(np.eye(3, 2), np.arange(3.0)).predict(np.zeros((3, 1)))
