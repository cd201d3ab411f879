"""The benchmark of eigenvectors: its rival is differentiated exactly, and finds the same when it has the time."""

import numpy as np
import pytest

from benchmarks import eigen
from chainrule.layers import ZCAWhitening
from chainrule.testing import numeric_gradient


def rival(x, steps):
    layer = eigen.PowerIterationWhitening(x.shape[1], eps=0.01).astype(np.float64)
    layer.steps, layer.damped = steps, True
    return layer


def test_the_stored_numbers_say_what_was_asked_for(stored):
    """Done when: five of five within 0.5 points of batch norm in groups of 32, and 10 points better than pure power."""
    errors = {name: np.array(list(seeds.values())) for name, seeds in stored("eigen")["digits"].items()}
    ours, norm, pure = (errors[name] for name in ("power, 32", "batch norm, 0", "pure power iteration, 32"))
    assert len(ours) == 5 and ours.mean() <= norm.mean() + 0.5 and np.median(ours) <= np.median(norm) + 0.5
    assert pure.mean() >= ours.mean() + 10


def test_converged_power_iteration_is_whitening():
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=(2, 30, 3))
    x *= [4, 2, 1]
    slow, right = rival(x, 100), ZCAWhitening(3, eps=0.01).astype(np.float64)
    np.testing.assert_allclose(slow.forward(x), right.forward(x), atol=1e-10)
    np.testing.assert_allclose(slow.backward(grad), right.backward(grad), atol=1e-10)


def test_and_is_differentiated_as_it_runs(monkeypatch):
    rng = np.random.default_rng(0)
    x, grad = rng.normal(size=(2, 8, 3))
    layer = rival(x, 2)

    def repeated(x):
        rng = np.random.default_rng(1)
        monkeypatch.setattr(eigen, "default_rng", lambda: rng)
        return layer.forward(x)
    expected = numeric_gradient(repeated, x, grad)
    repeated(x)
    np.testing.assert_allclose(layer.backward(grad), expected, atol=1e-6)


@pytest.mark.long
def test_what_is_measured():
    assert eigen.convergence(8)["1000"] < 1e-3
    assert np.isnan(eigen.repeated("analytic")[-1])
    losses = eigen.repeated("power")
    assert len(losses) == 20 and losses[-1] < losses[0]
