"""Products inside of compiled loops, in every layout, against NumPy's."""

import numpy as np
import pytest

pytest.importorskip("numba")
from chainrule.layers.kernels.fast.blas import address_of, multiply

rng = np.random.default_rng(0)


def lay(matrix, layout):
    if layout == "columns":
        return np.asfortranarray(matrix)
    if layout == "window":
        return np.pad(matrix, ((2, 1), (3, 4)))[2:-1, 3:-4]
    return matrix


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a_layout", ["rows", "columns", "window"])
@pytest.mark.parametrize("b_layout", ["rows", "columns", "window"])
@pytest.mark.parametrize(("n", "k", "m"), [(3, 5, 4), (1, 6, 1), (4, 1, 3), (1, 1, 1), (33, 70, 17)])
def test_product(dtype, a_layout, b_layout, n, k, m):
    a, b = rng.normal(size=(n, k)).astype(dtype), rng.normal(size=(k, m)).astype(dtype)
    out = lay(rng.normal(size=(n, m)).astype(dtype), "window")
    before = out.copy()
    multiply(address_of(out.dtype), lay(a, a_layout), lay(b, b_layout), out, False)
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-13}
    np.testing.assert_allclose(out, a @ b, **tolerance)
    out[...] = before
    multiply(address_of(out.dtype), lay(a, a_layout), lay(b, b_layout), out, True, 0.5)
    np.testing.assert_allclose(out, before + 0.5 * (a @ b), **tolerance)


def test_what_lies_beside_the_result_stays():
    whole = np.zeros((5, 9), np.float32)
    multiply(address_of(whole.dtype), np.ones((3, 2), np.float32), np.ones((2, 4), np.float32), whole[1:4, 2:6], False)
    assert whole.sum() == 24 and (whole[1:4, 2:6] == 2).all()
