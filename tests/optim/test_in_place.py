"""Arithmetic in place against plain expressions."""

import threading

import numpy as np
import pytest

from chainrule.optim.in_place import add, addcdiv, addcmul, lerp, scratch

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (7,), (3, 4)])
def test_each_equals_its_formula(shape, dtype):
    out, a, b = (np.asarray(RNG.uniform(1, 2, shape)).astype(dtype) for _ in range(3))
    for function, arguments, expected in (
            (add, (a, 0.3), out + 0.3 * a), (addcmul, (a, b, -0.2), out - 0.2 * a * b),
            (addcdiv, (a, b, 1.5), out + 1.5 * a / b), (lerp, (a, 0.25), 0.75 * out + 0.25 * a),
            (lerp, (a, 0.75), 0.25 * out + 0.75 * a)):
        result = out.copy()
        function(result, *arguments)
        np.testing.assert_allclose(result, expected, rtol=1e-6 if dtype == np.float32 else 1e-14)
        assert result.dtype == dtype


def test_an_average_of_one_value_is_that_value():
    average = np.array([1e9])
    lerp(average, np.array([1e-9]), 1.0)
    assert average.tolist() == [1e-9]


def test_scratch_is_used_again_for_the_same_slot_and_dtype():
    big, small = np.zeros(10), np.zeros((2, 3))
    assert np.shares_memory(scratch(big, "test"), scratch(small, "test"))
    assert not np.shares_memory(scratch(big, "test"), scratch(big, "other"))
    assert not np.shares_memory(scratch(big, "test"), scratch(big.astype(np.float32), "test"))
    assert scratch(small, "test").shape == (2, 3)


def test_threads_do_not_share_scratch():
    mine, theirs = scratch(np.zeros(4), "test"), []
    thread = threading.Thread(target=lambda: theirs.append(scratch(np.zeros(4), "test")))
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])
