"""Denoising: what is kept of noisy channels, and that keeping all changes nothing."""

import numpy as np

from chainrule.layers import BatchNorm2d, PCADenoising
from chainrule.models import Sequential


def test_keeping_all_directions_is_batch_norm():
    rng = np.random.default_rng(0)
    x, grad = rng.normal(2, 3, size=(2, 4, 6, 3, 2))
    plain = BatchNorm2d(6)
    denoised = Sequential(BatchNorm2d(6, affine=False), PCADenoising(6, 2, components=3))
    np.testing.assert_allclose(denoised.forward(x), plain.forward(x), atol=1e-5)
    np.testing.assert_allclose(denoised.backward(grad), plain.backward(grad), atol=1e-5)
    np.testing.assert_allclose(denoised[1].weight.grad, plain.weight.grad, rtol=1e-4)


def test_noise_is_left_out():
    rng = np.random.default_rng(0)
    clean = rng.normal(size=(200, 2)) @ rng.normal(size=(2, 5))
    noisy = clean + 0.1 * rng.normal(size=clean.shape)
    for components in (2, 0.95):
        y = PCADenoising(5, components=components, affine=False).forward(noisy)
        assert np.linalg.matrix_rank(y, tol=1e-6) == 2
        assert np.square(y - clean + clean.mean(axis=0)).mean() < 0.6 * np.square(noisy - clean).mean()


def test_a_share_keeps_the_least_number_of_directions_that_holds_it():
    x = np.concatenate([np.diag([3.0, 2.0, 1.0]), -np.diag([3.0, 2.0, 1.0])])       # energies 9, 4, 1 of 14
    for share, rank in ((0.5, 1), (0.64, 1), (0.7, 2), (0.92, 2), (0.95, 3), (1.0, 3)):
        y = PCADenoising(3, components=share, eps=0.0).forward(x)
        assert np.linalg.matrix_rank(y, tol=1e-6) == rank, share


def test_the_series_stay_finite_where_the_last_kept_meets_the_first_left_out():
    rng = np.random.default_rng(0)
    x = np.concatenate([np.eye(4), -np.eye(4)]).astype(np.float32)
    grad = rng.normal(size=x.shape).astype(np.float32)
    for gradient in ("taylor", "power", "spectral"):
        layer = PCADenoising(4, components=2, gradient=gradient)
        layer.forward(x)
        assert np.isfinite(layer.backward(grad)).all() == (gradient != "spectral")
