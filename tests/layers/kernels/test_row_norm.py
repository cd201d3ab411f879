"""Standardised rows against NumPy's statistics and finite differences, in parts of any size."""

import numpy as np
import pytest

from chainrule.layers.kernels import normalize_rows, normalize_rows_back, row_norm


def slow(x, weight, bias, eps, centered):
    mean = x.mean(axis=1, keepdims=True) if centered else 0
    inv_std = 1 / np.sqrt(np.mean((x - mean)**2, axis=1, keepdims=True) + eps)
    return (x - mean) * inv_std * (1 if weight is None else weight) + (0 if bias is None else bias)


@pytest.mark.parametrize("room", [1, 20, 1 << 15])
@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_values_and_gradients(affine, centered, room, monkeypatch):
    monkeypatch.setattr(row_norm, "_ROOM", room)
    rng = np.random.default_rng(0)
    (x, grad), weight, bias = rng.normal(size=(2, 7, 5)), *(rng.normal(size=(2, 5)) if affine else (None, None))
    y, mean, inv_std = normalize_rows(x, weight, bias, 1e-3, centered)
    np.testing.assert_allclose(y, slow(x, weight, bias, 1e-3, centered), rtol=1e-12)
    np.testing.assert_allclose(slow(x, None, None, 1e-3, centered), (x - mean) * inv_std, rtol=1e-12)
    grads = normalize_rows_back(grad, x, mean, inv_std, weight, centered)
    arrays = [x, np.ones(5) if weight is None else weight, np.zeros(5) if bias is None else bias]
    for place, each in enumerate(grads):
        step = 1e-6 * rng.normal(size=arrays[place].shape)
        ahead, behind = (np.sum(grad * slow(*(array + sign * step if index == place else array
                                              for index, array in enumerate(arrays)), 1e-3, centered))
                         for sign in (1, -1))
        assert np.sum(each * step) == pytest.approx((ahead - behind) / 2, rel=1e-6)
