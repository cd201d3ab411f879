"""Accumulating matrix product, in every layout of its operands."""

import numpy as np
import pytest

from chainrule.layers.kernels import add_matmul, matmul, set_num_threads


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a_layout", ["C", "F", "strided"])
@pytest.mark.parametrize("b_layout", ["C", "F", "strided"])
@pytest.mark.parametrize(("n", "k", "m"), [(3, 5, 4), (1, 6, 1), (4, 1, 3), (1, 1, 1), (3, 0, 4), (0, 2, 3),
                                             (3, 2, 0)])
def test_it_adds_the_product(dtype, a_layout, b_layout, n, k, m):
    rng = np.random.default_rng(0)

    def lay(x, layout):
        return np.repeat(x, 2, axis=1)[:, ::2] if layout == "strided" else np.asarray(x, order=layout)

    a, b = lay(rng.normal(size=(n, k)).astype(dtype), a_layout), lay(rng.normal(size=(k, m)).astype(dtype), b_layout)
    out = np.ones((n, m), dtype)
    memory = out.ctypes.data
    add_matmul(out, a, b)
    wanted = 1 + (a[:, :, None].astype(float) * b[None].astype(float)).sum(axis=1)
    np.testing.assert_allclose(out, wanted, rtol=1e-4 if dtype == np.float32 else 1e-12)
    assert out.ctypes.data == memory


def test_a_window_of_a_larger_array_and_another_dtype():
    store = np.zeros(20, np.float32)
    out = store[3:15].reshape(3, 4)
    add_matmul(out, np.ones((3, 2)), np.ones((2, 4)))
    assert store.tolist() == [0] * 3 + [2] * 12 + [0] * 5
    strided = np.zeros((3, 8), np.float32)[:, ::2]
    add_matmul(strided, np.ones((3, 2)), np.ones((2, 4)))
    assert (strided == 2).all()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape", [(2, 784, 128), (33, 784, 128), (3, 7, 500, 96), (65, 300, 112), (0, 9, 4), (5,),
                                   (70, 1, 1), (1, 784, 256)])
@pytest.mark.parametrize("transposed", [False, True])
def test_products_of_any_size_and_layout(shape, transposed, threads):
    set_num_threads(threads)
    *lead, k, m = shape if len(shape) > 1 else (5, 3)
    rng = np.random.default_rng(0)
    a, b, bias = rng.normal(size=(*lead, k)), rng.normal(size=(m, k)).astype(np.float32), rng.normal(size=m)
    matrix, product = b.T if transposed else np.ascontiguousarray(b.T), np.einsum("...k,mk->...m", a, b.astype(float))
    for y, wanted in ((matmul(a, matrix), product), (matmul(a, matrix, bias), product + bias)):
        assert y.shape == (*lead, m) and y.dtype == np.float32 and y.flags.c_contiguous
        np.testing.assert_allclose(y, wanted, rtol=0, atol=1e-3)
