"""How predictions are judged, against SciPy."""

import numpy as np
import pytest

from chainrule.backprop import Prediction
from chainrule.layers.core import ShapeError

scipy = pytest.importorskip("scipy")


def test_agrees_with_scipy():
    rng = np.random.default_rng(0)
    prediction, y = Prediction(rng.normal(size=500), rng.uniform(0.5, 2, 500)), rng.normal(size=500)
    normal = scipy.stats.norm(prediction.mean, np.sqrt(prediction.variance))
    np.testing.assert_allclose(prediction.log_likelihood(y), normal.logpdf(y).mean())
    np.testing.assert_allclose(prediction.interval(0.8), normal.interval(0.8))
    draws = prediction.mean + np.sqrt(prediction.variance) * rng.normal(size=500)
    assert abs(prediction.coverage(draws, 0.9) - 0.9) < 0.05
    with pytest.raises(ShapeError, match=r"Prediction expected y of shape \(500,\), got \(500, 1\)"):
        prediction.rmse(y[:, None])
