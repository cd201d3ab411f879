"""Whitening: the covariance it leaves, its gradients against each other and PyTorch, repeated channels."""

import numpy as np
import pytest

from chainrule.layers import Linear, ZCAWhitening
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD


def gradient(kind, x, grad, iterations=20, eps=1e-4):
    layer = ZCAWhitening(x.shape[1], gradient=kind, iterations=iterations, eps=eps).astype(x.dtype)
    layer.forward(x)
    return layer.backward(grad)


def test_the_covariance_is_the_identity_afterwards():
    """Done when: to 1e-3."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(64, 6, 3, 3)) * np.arange(1, 7)[:, None, None] + 5).astype(np.float32)
    x[:, 1] += x[:, 0]
    y = np.moveaxis(ZCAWhitening(6, 2).forward(x), 1, 0).reshape(2, 3, -1)
    np.testing.assert_allclose(y.mean(axis=2), 0, atol=1e-5)
    np.testing.assert_allclose(y @ y.swapaxes(1, 2) / y.shape[2], [np.eye(3)] * 2, atol=1e-3)


def test_the_power_iteration_gradient_converges_to_the_exact_one():
    """Done when: to 1e-3 at 1000 iterations; here on random samples."""
    for width in (8, 16, 64):
        x, grad = np.random.default_rng(0).normal(size=(2, 4 * width, width))
        exact = gradient("spectral", x, grad)
        far = [np.linalg.norm(gradient("power", x, grad, count) - exact) / np.linalg.norm(exact)
               for count in (5, 20, 200, 1000)]
        assert far == sorted(far, reverse=True) and far[-1] < 1e-3
        np.testing.assert_allclose(gradient("analytic", x, grad), exact, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_and_it_has_after_1000_where_every_eigenvalue_is_at_most_0_992_of_the_next(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 64))
    x = np.linalg.qr(x - x.mean(axis=0))[0] * np.sqrt(200 * 0.992**np.arange(64))
    x, grad = x @ np.linalg.qr(rng.normal(size=(64, 64)))[0], rng.normal(size=x.shape)
    exact = gradient("spectral", x, grad, eps=1e-6)
    far = {count: np.linalg.norm(gradient("power", x, grad, count, eps=1e-6) - exact) / np.linalg.norm(exact)
           for count in (100, 1000)}
    assert far[1000] < 1e-3 < 0.1 < far[100]


def test_agrees_with_eigenvectors_in_torch(agrees):
    rng = np.random.default_rng(0)
    torch = pytest.importorskip("torch")

    def whitened(x):
        centred = x - x.mean(dim=0)
        covariance = centred.mT @ centred / len(x)
        values, vectors = torch.linalg.eigh(covariance + 0.2 * torch.eye(3, dtype=x.dtype))
        return centred @ (vectors * values**-1.5 @ vectors.mT @ covariance)
    agrees(ZCAWhitening(3, eps=0.2, affine=False), whitened, rng.normal(size=(9, 3)))


@pytest.mark.parametrize("kind", ["power", "taylor", "spectral"])
def test_large_numbers_in_single_precision_have_no_negative_variance(kind):
    for seed in range(40):
        x = 1e4 * np.repeat(np.random.default_rng(seed).normal(size=(64, 2)), 4, axis=1).astype(np.float32)
        layer = ZCAWhitening(8, gradient=kind)
        y = layer.forward(x)
        assert np.isfinite(layer.backward(np.ones_like(y))).all()
        np.testing.assert_allclose(y.T @ y / 64, np.kron(np.eye(2), np.full((4, 4), 0.25)), atol=1e-2)


def test_repeated_channels():
    """Done when: the analytic gradient is not finite, and ours trains on."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(64, 2)), 4, axis=1).astype(np.float32)
    grad, target = rng.normal(size=x.shape).astype(np.float32), (x[:, :1] - 2 * x[:, 7:]).astype(np.float32)
    assert not np.isfinite(gradient("analytic", x, grad)).all()
    for kind in ("power", "taylor", "spectral"):
        model = Sequential(ZCAWhitening(8, gradient=kind), Linear(8, 1))
        optimizer, loss = SGD(model.parameters(), lr=0.1), MSELoss()
        losses = []
        for _ in range(30):
            optimizer.zero_grad()
            losses.append(loss.forward(model.forward(x), target))
            assert np.isfinite(model.backward(loss.backward())).all()
            optimizer.step()
        assert losses[-1] < 0.1 * losses[0]
