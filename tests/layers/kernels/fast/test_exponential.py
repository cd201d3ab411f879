"""The compiled exponential against NumPy's in double precision."""

import numpy as np
import pytest

pytest.importorskip("numba")

from chainrule.layers.kernels.fast.exponential import exp_below
from chainrule.layers.kernels.fast.jit import jit


@jit
def fill(x, y):
    for i in range(x.size):
        y[i] = exp_below(x[i])


def test_to_the_last_digits_or_two():
    x = np.concatenate([-np.linspace(0, 87, 100001), [-0.0, -1e-30, 1e-7]]).astype(np.float32)
    y = np.empty_like(x)
    fill(x, y)
    np.testing.assert_allclose(y, np.exp(x.astype(float)), rtol=6e-7)
    near = x > -10
    np.testing.assert_allclose(y[near], np.exp(x[near].astype(float)), rtol=2.5e-7)


def test_ends():
    x = np.array([-88, -1e30, -np.inf, np.nan, 0], np.float32)
    y = np.empty_like(x)
    fill(x, y)
    np.testing.assert_array_equal(y, np.array([0, 0, 0, np.nan, 1], np.float32))
