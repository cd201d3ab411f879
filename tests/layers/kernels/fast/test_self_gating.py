"""The compiled gates give what their definitions give."""

import numpy as np
import pytest

from chainrule.layers.kernels import self_gated, self_gated_back, set_num_threads, sigmoid

pytest.importorskip("numba")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (7, 5), (0, 3), (701, 431)])
@pytest.mark.parametrize("gate", ["logistic", "normal", "tanh", "softplus"])
def test_same_as_definition(gate, shape, dtype, threads):
    set_num_threads(threads)
    x, v = (np.asarray(each, dtype) for each in np.random.default_rng(0).normal(size=(2, *shape)) * 4)
    for ours, wanted in ((self_gated(x, gate), self_gated.definition(x, gate)),
                         (self_gated_back(v, x, gate), self_gated_back.definition(v, x, gate)),
                         (sigmoid(x), sigmoid.definition(x))):
        assert ours.shape == shape and ours.dtype == dtype
        np.testing.assert_allclose(ours, wanted, rtol=1e-4 if dtype == np.float32 else 1e-14, atol=4e-6)
    turned = self_gated_back(v.T, x.T, gate)
    assert np.array_equal(turned, self_gated_back(v, x, gate).T)


@pytest.mark.parametrize("gate", ["logistic", "normal", "tanh", "softplus"])
def test_special_values_go_the_same_way(gate):
    x = np.array([-np.inf, -1e12, -300, -87.5, -0.0, 0.0, 300, 1e12, np.nan], np.float32)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(self_gated(x, gate), self_gated.definition(x, gate), rtol=1e-5, atol=1e-35)
        np.testing.assert_allclose(sigmoid(x), sigmoid.definition(x), rtol=1e-5, atol=2e-38)
        np.testing.assert_allclose(self_gated_back(x[1:], x[1:], gate), self_gated_back.definition(x[1:], x[1:], gate),
                                   rtol=1e-5, atol=1e-30)
