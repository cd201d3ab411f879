"""Vectors in registers against NumPy."""

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers.kernels.fast import vector  # needs Numba
from chainrule.layers.kernels.fast.jit import jit


@jit
def arithmetic(x, y, number):
    a, b = vector.load(x, 1), vector.load(x, 9)
    vector.store(y, 0, a - number * b)
    vector.store(y, 8, a * b + vector.spread(number))
    vector.store(y, 16, vector.choose(a, b, a, b))
    vector.store(y, 24, vector.larger(a, b))
    vector.store(y, 32, vector.where_equal(a, vector.spread(x[3]), b))
    y[40] = vector.total(a)


@jit
def turn(x, y):
    rows = vector.transposed((vector.load(x, 0), vector.load(x, 8), vector.load(x, 16), vector.load(x, 24),
                              vector.load(x, 32), vector.load(x, 40), vector.load(x, 48), vector.load(x, 56)))
    for k in range(vector.WIDTH):
        vector.store(y, vector.WIDTH * k, rows[k])


@jit
def move(x, y, z, u, count):
    vector.copy(x, 1, y, 2, count)
    vector.copy_alternate(x, 1, z, 2, count)
    vector.riffle(x, 1, 30, u, 2, count)


@jit
def to_bytes(x, y):
    vector.store_bytes(y, 1, vector.load(x, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic(dtype):
    x, y = np.random.default_rng(0).standard_normal(17).astype(dtype), np.empty(41, dtype)
    arithmetic(x, y, dtype(3))
    a, b = x[1:9], x[9:17]
    wanted = [*(a - 3 * b), *(a * b + 3), *np.maximum(a, b), *np.maximum(a, b), *np.where(a == x[3], b, 0), a.sum()]
    np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-5 if dtype == np.float32 else 1e-14)


def test_the_larger_of_nan_is_nan():
    x = np.array([0.0, np.nan, 1.0, np.nan, np.inf, 1.0, -1.0, 0.0, 2.0, *[1.0, np.nan, np.nan, 1.0] * 2])
    y = np.empty(41)
    arithmetic(x, y, 1.0)
    np.testing.assert_array_equal(y[24:32], np.maximum(x[1:9], x[9:17]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_turning(dtype):
    x, y = np.arange(64, dtype=dtype), np.empty(64, dtype)
    turn(x, y)
    np.testing.assert_array_equal(y.reshape(8, 8), x.reshape(8, 8).T)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 16, 23])
def test_moving_writes_nothing_beyond(count):
    x, (y, z, u) = np.arange(1.0, 65.0), np.zeros((3, 64))
    move(x, y, z, u, count)
    for mine, wanted in ((y, x[1:1 + count]), (z, x[1:1 + 2 * count:2]),
                         (u, np.stack([x[1:1 + count], x[30:30 + count]], axis=1).ravel())):
        np.testing.assert_array_equal(mine, np.concatenate([[0, 0], wanted, np.zeros(62 - wanted.size)]))


def test_bytes():
    y = np.zeros(10, np.uint8)
    to_bytes(np.array([0.0, 255.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]), y)
    assert y.tolist() == [0, 0, 255, 3, 4, 5, 6, 7, 8, 0]
