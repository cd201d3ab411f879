"""The compiled arithmetic in place gives what its definitions give."""

import numpy as np
import pytest

from chainrule.optim.in_place import add, addcdiv, addcmul, lerp

pytest.importorskip("numba")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
@pytest.mark.parametrize("kernel", [add, addcdiv, addcmul, lerp])
@pytest.mark.parametrize("number", [0.25, 0.75, -3.0, 1.0])
@pytest.mark.parametrize("order", ["flat", "matrix", "strided", "broadcast"])
def test_same_as_definition(kernel, number, dtype, tolerance, order):
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.5, 2, (7, 11)).astype(dtype) for _ in range(2 if kernel in (add, lerp) else 3)]
    if order == "flat":
        arrays = [array.ravel() for array in arrays]
    elif order == "strided":
        arrays[1] = np.asfortranarray(arrays[1])
    elif order == "broadcast":
        arrays[-1] = arrays[-1][:1]
    before = [array.copy() for array in arrays]
    kernel(*arrays, number)
    kernel.definition(before[0], *arrays[1:], number)
    np.testing.assert_allclose(arrays[0], before[0], rtol=tolerance, atol=tolerance)
    assert all(np.array_equal(array, old) for array, old in zip(arrays[1:], before[1:], strict=True))
