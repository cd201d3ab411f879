"""The two questions asked of every loss: are its numbers PyTorch's, and is ``hvp`` the derivative of ``backward``?"""

import numpy as np
import pytest


def _numbers_of_torch(ours, theirs, prediction, target, seed=0):
    """Compare loss, gradient for the default upstream, and gradient for a random one, in float64."""
    torch = pytest.importorskip("torch")
    kept = prediction.copy(), np.copy(target)
    x = torch.tensor(prediction, requires_grad=True)
    expected = theirs(x, torch.tensor(np.asarray(target, None if np.asarray(target).dtype.kind == "f" else np.int64)))
    value = ours.forward(prediction, target)
    np.testing.assert_allclose(value, expected.detach().numpy(), rtol=1e-10, atol=1e-10)
    assert isinstance(value, np.ndarray if ours.reduction == "none" else float)
    rng = np.random.default_rng(seed)
    upstream = rng.standard_normal(expected.shape)
    expected.backward(torch.tensor(upstream))
    for _ in range(2):      # the second backward finds the cache as the first did
        grad = ours.backward(upstream if ours.reduction == "none" else float(upstream))
        np.testing.assert_allclose(grad, x.grad.numpy(), rtol=1e-10, atol=1e-10)
    assert grad.dtype == prediction.dtype
    np.testing.assert_array_equal(prediction, kept[0])
    np.testing.assert_array_equal(target, kept[1])


def _hvp_is_derivative(loss, prediction, target, seed=1, step=1e-6):
    """Compare ``hvp`` with central differences of ``backward``."""
    dot = np.random.default_rng(seed).standard_normal(prediction.shape)
    sides = []
    for sign in (1, -1):
        value = loss.forward(prediction + sign * step * dot, target)
        sides.append(loss.backward(np.ones_like(value)) if loss.reduction == "none" else loss.backward())
    loss.forward(prediction, target)
    hvp = loss.hvp(dot)
    assert hvp.shape == prediction.shape
    np.testing.assert_allclose(hvp, (sides[0] - sides[1]) / (2 * step), rtol=1e-6, atol=1e-7)


@pytest.fixture(scope="session")
def numbers_of_torch():
    return _numbers_of_torch


@pytest.fixture(scope="session")
def hvp_is_derivative():
    return _hvp_is_derivative
