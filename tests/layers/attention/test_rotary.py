"""Rotary positions against the product with complex numbers."""

import numpy as np
import pytest

from chainrule.layers.attention import RotaryPositions
from chainrule.layers.core import ShapeError
from chainrule.testing import check_layer


def turned(x, base, interleaved):
    """Return x (..., L, E) with its pairs taken as complex numbers and multiplied by exp(i * angle)."""
    length, features = x.shape[-2:]
    half = features // 2
    pairs = x[..., 0::2] + 1j * x[..., 1::2] if interleaved else x[..., :half] + 1j * x[..., half:]
    speeds = np.array([base ** (-2 * i / features) for i in range(half)])
    pairs = pairs * np.exp(1j * np.outer(np.arange(length), speeds))
    y = np.empty_like(x)
    if interleaved:
        y[..., 0::2], y[..., 1::2] = pairs.real, pairs.imag
    else:
        y[..., :half], y[..., half:] = pairs.real, pairs.imag
    return y


@pytest.mark.parametrize("interleaved", [True, False])
@pytest.mark.parametrize(("shape", "dim"), [((2, 3, 5, 6), -2), ((5, 2), 0), ((5, 3, 8), 0)])
def test_agrees_with_complex_numbers(shape, dim, interleaved):
    rng = np.random.default_rng(0)
    x, grad_out = rng.normal(size=(2, *shape))
    layer = RotaryPositions(50.0, interleaved, dim)

    def expected(values):
        return np.moveaxis(turned(np.moveaxis(values, dim, -2), 50.0, interleaved), -2, dim)
    np.testing.assert_allclose(layer.forward(x), expected(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(expected(layer.backward(grad_out)), grad_out, rtol=1e-12, atol=1e-12)   # orthogonal


@pytest.mark.parametrize("interleaved", [True, False])
def test_products_depend_on_distances_only(interleaved):
    rng = np.random.default_rng(0)
    layer = RotaryPositions(interleaved=interleaved)
    q, k = (layer.forward(np.broadcast_to(rng.normal(size=8), (9, 8))) for _ in range(2))
    products = q @ k.T
    for distance in range(-8, 9):
        diagonal = np.diagonal(products, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], rtol=1e-10)
    assert np.ptp(products) > 0.1


def test_float32_stays_float32():
    assert RotaryPositions().forward(np.ones((3, 4), np.float32)).dtype == np.float32


@pytest.mark.parametrize("options", [{}, {"interleaved": False}, {"base": 10.0}])
def test_passes_the_battery(options):
    assert check_layer(RotaryPositions(**options), (2, 3, 5, 6)).problems == []


@pytest.mark.parametrize(("shape", "shown"), [((3, 5), "an even number of features, got"),
                                              ((4,), "positions along axis -2")])
def test_what_does_not_fit_is_refused(shape, shown):
    with pytest.raises(ShapeError, match=shown):
        RotaryPositions().forward(np.ones(shape))
