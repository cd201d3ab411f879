"""The estimate of decay and bias from lengths by lag."""

import numpy as np
import pytest

from chainrule.backprop.time import estimate_decay
from chainrule.layers.core import ValueRangeError


def test_geometric_lengths_have_their_rate_and_their_rest():
    norms = 3 * 0.8 ** np.arange(60)
    decay = estimate_decay(norms, np.append(0, norms.cumsum()), tail=40)
    assert decay.rate == pytest.approx(0.8)
    np.testing.assert_allclose(decay.error, 3 * 0.8 ** np.arange(61) / 0.2, rtol=1e-9)
    np.testing.assert_allclose(decay.bias, decay.error / (15 - decay.error[60] * 2), rtol=1e-4)


def test_the_smallest_that_is_tolerated():
    norms = 0.5 ** np.arange(40)
    decay = estimate_decay(norms, np.append(0, norms.cumsum()))
    for tolerance in (0.9, 0.3, 0.01):
        reach = decay.truncation(tolerance)
        assert decay.bias[reach] < tolerance <= decay.bias[reach - 1]
    assert decay.truncation(0.01, least=20) == 20
    assert decay.truncation(1e-30) == 40
    assert decay.truncation(0.01, most=3) == 3


def test_noise_moves_the_rate_little():
    rng = np.random.default_rng(0)
    norms = 0.9 ** np.arange(100) * np.exp(rng.normal(0, 0.3, 100))
    assert abs(estimate_decay(norms, np.append(0, norms.cumsum())).rate - 0.9) < 0.02


def test_what_does_not_fade_has_no_bound():
    decay = estimate_decay(np.ones(10), np.arange(11.0))
    assert np.isinf(decay.bias).all()
    assert decay.truncation(0.5, most=8) == 8


def test_numbers_that_vanished_do_not_count():
    norms = np.append(0.5 ** np.arange(30), np.zeros(10))
    assert estimate_decay(norms, np.append(0, norms.cumsum())).rate == pytest.approx(0.5)
    with pytest.raises(ValueRangeError, match="does the loss depend on the state"):
        estimate_decay(np.zeros(10), np.zeros(11))
    with pytest.raises(ValueRangeError, match="at least two lags"):
        estimate_decay(np.ones(1), np.ones(2))
    with pytest.raises(ValueRangeError, match=r"tolerance in \(0, 1\]"):
        estimate_decay(norms, np.append(0, norms.cumsum())).truncation(0.0)
