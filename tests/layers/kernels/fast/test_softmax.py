"""The compiled softmax gives what its definition gives."""

import numpy as np
import pytest

from chainrule.layers.kernels import scaled_rows, set_num_threads, softmax_rows, softmax_rows_back

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (0, 3), (701, 431), (3, 40001)])
def test_same_as_definition(shape, dtype, tolerance, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, grad = (rng.standard_normal(shape).astype(dtype) * 30 for _ in range(2))
    ours, wanted = softmax_rows(x), softmax_rows.definition(x)
    for mine, theirs in zip(ours, wanted, strict=True):
        assert mine.shape == theirs.shape and mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs, rtol=max(tolerance, shape[1] * tolerance / 100), atol=1e-30)
    np.testing.assert_allclose(softmax_rows_back(grad, wanted[0]), softmax_rows_back.definition(grad, wanted[0]),
                               rtol=0, atol=200 * tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_special_values_go_the_same_way(dtype, tolerance):
    x = np.array([[1, -np.inf, 2], [1, np.nan, 2], [np.nan, 1, 2], [1, 2, np.nan], [-1e30, 1e30, 3]], dtype)
    ours, wanted = softmax_rows(x), softmax_rows.definition(x)
    for mine, theirs in zip(ours, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=tolerance)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shape", [(1, 1), (0, 3), (7, 5), (501, 131)])
def test_rows_times_numbers(shape, threads):
    set_num_threads(threads)
    rng = np.random.default_rng(0)
    x, factor = rng.standard_normal(shape), rng.standard_normal(shape[0])
    for dtype in (np.float32, np.float64):
        ours = scaled_rows(x.astype(dtype), factor.astype(dtype))
        assert ours.dtype == dtype
        np.testing.assert_array_equal(ours, scaled_rows.definition(x.astype(dtype), factor.astype(dtype)))


@pytest.mark.parametrize("columns", [10, 37])
def test_the_same_bits_wherever_the_arrays_lie(columns):
    from chainrule.layers.kernels.fast.softmax import _single  # whose output can be put anywhere

    x = np.random.default_rng(0).standard_normal((40, 3, columns)).astype(np.float32)
    edges, found = np.array([0, 3]), set()
    for gap in (2, 8, 34, 400):
        memory, answers = np.empty(6 * columns + gap, np.float32), []
        near, y = memory[:3 * columns].reshape(3, columns), memory[3 * columns + gap:].reshape(3, columns)
        for near[...] in x:
            total, top = np.empty((2, 3), np.float32)
            _single(edges, near, y, total, top)
            answers.append(y.tobytes() + total.tobytes())
        found.add(b"".join(answers))
    assert len(found) == 1
